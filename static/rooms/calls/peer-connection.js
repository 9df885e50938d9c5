// The connection of two browsers: voice, and a screen beside it. Either may begin to negotiate; where both do at once the
// polite one gives way. What gets lost on the way is said again, so a line that breaks and comes back harms nothing.

const AGAIN = 3000; // ms after which an offer without an answer is repeated
const PAUSE = 2000; // ms that a broken connection may mend itself

// What is sent at most: [usually, while data is saved]. Text stays readable at a frame a second.
const LIMITS = {
  audio: [{}, { maxBitrate: 16_000 }],
  video: [
    { maxBitrate: 800_000, maxFramerate: 5 },
    { maxBitrate: 80_000, maxFramerate: 1 },
  ],
};

// The same description, which asks the other side for few and small packets of voice, for none in silence, and not to try
// out how much the way would carry.
export function spare(sdp) {
  const opus = /a=rtpmap:(\d+) opus\/48000[^\r\n]{0,99}/.exec(sdp);
  if (!opus) return sdp;
  return sdp
    .replace(/(m=video [\s\S]*?\r\nc=[^\r\n]*)/g, "$1\r\nb=AS:80")
    .replace(opus[0], `${opus[0]}\r\na=ptime:60\r\na=maxptime:60`)
    .replace(new RegExp(`a=fmtp:${opus[1]} [^\r\n]*`), "$&;usedtx=1;maxaveragebitrate=16000");
}

// `send(data)` goes to the other side, whose data comes to `heard`; `on.track(track)` and `on.state(state)` are told.
export function connect({ polite, ice, send, on }) {
  const pc = new RTCPeerConnection({ iceServers: ice });
  let making = false;
  let ignoring = false;
  let saving = false;
  let voice; // the sender of the microphone
  let screen; // the sender of the screen, kept for the next time it is shown
  let again;
  let mending;
  let queue = Promise.resolve();

  function describe() {
    clearTimeout(again);
    if (!pc.localDescription) return;
    const { type, sdp } = pc.localDescription;
    send({ description: { type, sdp: saving ? spare(sdp) : sdp } });
    again = setTimeout(() => pc.signalingState === "have-local-offer" && describe(), AGAIN);
  }

  async function offer() {
    try {
      making = true;
      await pc.setLocalDescription();
      describe();
    } finally {
      making = false;
    }
  }

  const negotiate = () => offer().catch(() => {}); // closed meanwhile
  pc.addEventListener("negotiationneeded", negotiate);
  pc.addEventListener("icecandidate", ({ candidate }) => send({ candidate: candidate?.toJSON() ?? null }));
  pc.addEventListener("track", ({ track }) => on.track(track));
  pc.addEventListener("connectionstatechange", () => {
    clearTimeout(mending);
    if (pc.connectionState === "failed") pc.restartIce();
    if (pc.connectionState === "disconnected") mending = setTimeout(() => pc.restartIce(), PAUSE);
    on.state(pc.connectionState);
  });

  async function take({ description, candidate }) {
    if (!description) {
      await pc.addIceCandidate(candidate).catch(() => {}); // of an offer that was not taken, or that is on its way again
      return;
    }
    const offered = description.type === "offer";
    ignoring = offered && !polite && (making || pc.signalingState !== "stable");
    if (ignoring || (!offered && pc.signalingState !== "have-local-offer")) return; // an answer that came twice
    await pc.setRemoteDescription(description);
    if (offered) {
      await pc.setLocalDescription();
      describe();
    }
    await limit();
  }

  async function limit() {
    for (const sender of [voice, screen]) {
      if (!sender?.track) continue;
      const parameters = sender.getParameters();
      for (const one of parameters.encodings ?? []) {
        delete one.maxBitrate;
        delete one.maxFramerate;
        Object.assign(one, LIMITS[sender.track.kind][Number(saving)]);
      }
      if (parameters.encodings?.length) await sender.setParameters(parameters).catch(() => {});
    }
  }

  return {
    heard(data) {
      queue = queue.then(() => take(data)).catch(() => {});
    },
    speak(track) {
      voice = pc.addTrack(track, new MediaStream([track]));
    },
    // Silence that is not even sent.
    quiet(track, still) {
      track.enabled = !still;
      return voice.replaceTrack(still ? null : track);
    },
    async show(track) {
      const used = screen && pc.getTransceivers().find((one) => one.sender === screen);
      if (!used) screen = pc.addTrack(track, new MediaStream([track]));
      else {
        await screen.replaceTrack(track);
        used.direction = "sendrecv";
      }
      await limit();
    },
    hide() {
      if (screen && pc.signalingState !== "closed") pc.removeTrack(screen);
    },
    async save(less) {
      if (less === saving) return;
      saving = less;
      await limit();
      negotiate();
    },
    // Over a new line: what was said on the old one may be lost, and the way between the two may be another one.
    async again() {
      if (pc.signalingState === "have-local-offer") await pc.setLocalDescription({ type: "rollback" }).catch(() => {});
      if (pc.remoteDescription) pc.restartIce();
      else if (pc.getSenders().some((one) => one.track)) negotiate();
    },
    close() {
      clearTimeout(again);
      clearTimeout(mending);
      pc.close();
    },
  };
}
