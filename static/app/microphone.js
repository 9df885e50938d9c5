// Records with the device's microphone, in a form that this browser can make.

const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export const kind = navigator.mediaDevices && KINDS.find((one) => globalThis.MediaRecorder?.isTypeSupported(one));

// Begins to record and returns the recorder, which stops by itself after so many seconds; then `done` gets the sound.
// Throws where the microphone may not be used.
export async function record(seconds, bits, done) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  const parts = [];
  const recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: bits });
  const limit = setTimeout(() => recorder.stop(), seconds * 1000);
  recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
  recorder.onstop = () => {
    clearTimeout(limit);
    for (const track of stream.getTracks()) track.stop(); // the microphone's light goes out
    done(new Blob(parts, { type: kind }));
  };
  recorder.start();
  return recorder;
}
