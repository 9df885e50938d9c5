// Records with the device's microphone, in a form that this browser can make.

const KINDS = ["audio/webm;codecs=opus", "audio/ogg;codecs=opus", "audio/mp4"];

export const kind = navigator.mediaDevices && KINDS.find((one) => globalThis.MediaRecorder?.isTypeSupported(one));

// Begins to record and returns the recorder, which stops by itself after so many seconds; then `done` gets the sound
// and the recorder.
// Throws where the microphone may not be used.
export async function record(seconds, bits, done) {
  const stream = await navigator.mediaDevices.getUserMedia({ audio: { channelCount: 1, echoCancellation: false } });
  const parts = [];
  const release = () => stream.getTracks().forEach((track) => track.stop()); // the microphone's light goes out
  let recorder;
  try {
    recorder = new MediaRecorder(stream, { mimeType: kind, audioBitsPerSecond: bits });
  } catch (error) {
    release();
    throw error;
  }
  const limit = setTimeout(() => recorder.stop(), seconds * 1000);
  recorder.ondataavailable = ({ data }) => data.size && parts.push(data);
  recorder.onstop = () => {
    clearTimeout(limit);
    release();
    done(new Blob(parts, { type: kind }), recorder);
  };
  recorder.start();
  return recorder;
}
