import { useTranslation } from "react-i18next";
import type { NodeRecord } from "@/nodes/node";
import { edit } from "../intents/nodeIntents";

const MOVES = ["follow", "dolly_in", "pan_left", "pan_right", "tilt_up", "hold"] as const;

/** A camera move said in plain words, at the end of the prompt; a second press takes it back. */
export function toggleWords(prompt: string, words: string): string {
  if (prompt.includes(words)) return prompt.replace(words, "").replace(/\s{2,}/g, " ").trim();
  const head = prompt.trim();
  if (head === "") return words;
  const joint = /[.!?。！？]$/.test(head) ? " " : /\p{Script=Han}/u.test(head) ? "。" : ". ";
  return head + joint + words;
}

export function CameraChips({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  return (
    <div className="row wrap">
      {MOVES.map((move) => {
        const words = t(`camera.words.${move}`);
        const on = node.prompt.includes(words);
        return (
          <button key={move} type="button" className="chip camera" aria-pressed={on} onClick={() => { edit(node.id, { prompt: toggleWords(node.prompt, words) }); }}>
            {t(`camera.${move}`)}
          </button>
        );
      })}
    </div>
  );
}
