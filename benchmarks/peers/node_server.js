// Socket.IO on Node.js, nothing stored: node node_server.js PORT
const { Server } = require("socket.io");

const io = new Server(Number(process.argv[2]), { cors: { origin: "*" }, perMessageDeflate: false });
io.on("connection", (socket) => {
  socket.on("enter", (data, done) => {
    socket.join(`room:${data.room}`);
    done({ ok: true });
  });
  socket.on("post", (data, done) => {
    if (typeof data.text !== "string" || !data.text || data.text.length > 1000) return done({ ok: false });
    io.to(`room:${data.room}`).emit("posted", { ...data, seq: 0 });
    done({ ok: true, seq: 0 });
  });
});
