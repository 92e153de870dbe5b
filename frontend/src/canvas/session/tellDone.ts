import i18next from "i18next";
import { viewStore } from "@/nodes/view";
import { runsStore } from "@/takes/runsStore";
import { newsOf } from "./announceRuns";

/** How a person wants to hear that a take is done while they look at something else. */
export interface DoneWishes {
  readonly notifications: boolean;
  readonly sound: boolean;
}

const TONE_HZ = 660;
const TONE_S = 0.18;

let wishes: DoneWishes = { notifications: false, sound: false };

export function setDoneWishes(next: DoneWishes): void {
  wishes = next;
}

/** One soft tone; browsers that want a gesture first stay silent. */
function ring(): void {
  if (typeof AudioContext === "undefined") return;
  const audio = new AudioContext();
  const tone = audio.createOscillator();
  const volume = audio.createGain();
  tone.frequency.value = TONE_HZ;
  volume.gain.setValueAtTime(0.12, audio.currentTime);
  volume.gain.exponentialRampToValueAtTime(0.001, audio.currentTime + TONE_S);
  tone.connect(volume).connect(audio.destination);
  tone.onended = () => { void audio.close(); };
  tone.start();
  tone.stop(audio.currentTime + TONE_S);
}

function notify(words: string): void {
  if (typeof Notification === "undefined" || Notification.permission !== "granted") return;
  const note = new Notification(words, { tag: "sceneloom-done" });
  note.onclick = () => { window.focus(); note.close(); };
}

/** Tells of finished and failed takes outside of the page, as the person wished. A page that is looked at tells by itself. */
export function startTellingDone(): () => void {
  return runsStore.subscribe((state, previous) => {
    if (!wishes.notifications && !wishes.sound) return;
    for (const [id, take] of Object.entries(state.takes)) {
      const news = newsOf(previous.takes[id], take);
      if (news !== "done" && news !== "failed") continue;
      const number = take.shot_id === null ? "" : viewStore.getState().numbers.get(take.shot_id) ?? "";
      if (wishes.sound) ring();
      if (wishes.notifications && document.hidden) notify(i18next.t(`takes:announce.${news}`, { number, ordinal: take.ordinal, count: take.seconds_ready, total: take.duration_s }));
    }
  });
}
