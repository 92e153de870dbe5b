import { useId } from "react";
import { useTranslation } from "react-i18next";
import { ASPECTS } from "@/nodes/draft";
import type { NodeRecord, SeedMode } from "@/nodes/node";
import { QualityChoice } from "@/nodes/shot/QualityChoice";
import { DurationCells } from "@/takes/DurationCells";
import { edit } from "../intents/nodeIntents";
import { CameraChips } from "./CameraChips";

const TAKES = [1, 2, 3, 4, 5, 6, 7, 8] as const;
const MOST_SEED = 2 ** 31 - 1;

function TakesChoice({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  return (
    <div className="seg grow takes-choice" role="radiogroup" aria-label={t("inspector.takes")}>
      {TAKES.map((count) => (
        <button key={count} type="button" role="radio" aria-checked={node.takes_wanted === count} tabIndex={node.takes_wanted === count ? 0 : -1}
          onClick={() => { edit(node.id, { takes_wanted: count }); }}
          onKeyDown={(event) => {
            const step = { ArrowLeft: -1, ArrowRight: 1 }[event.key] ?? 0;
            if (step === 0) return;
            event.preventDefault();
            const next = Math.min(8, Math.max(1, node.takes_wanted + step));
            edit(node.id, { takes_wanted: next });
            (event.currentTarget.parentElement?.children[next - 1] as HTMLElement | undefined)?.focus();
          }}
        >{count}</button>
      ))}
    </div>
  );
}

function SeedChoice({ node, id }: { readonly node: NodeRecord; readonly id: string }) {
  const { t } = useTranslation("canvas");
  return (
    <span className="row grow">
      <select id={id} className="input grow" value={node.seed_mode} onChange={(event) => {
        const seed_mode = event.target.value as SeedMode;
        edit(node.id, { seed_mode, seed: seed_mode === "fixed" ? node.seed ?? Math.floor(Math.random() * MOST_SEED) : node.seed });
      }}>
        <option value="random">{t("inspector.seed_new")}</option>
        <option value="fixed">{t("inspector.seed_fixed")}</option>
      </select>
      {node.seed_mode === "fixed" ? (
        <input className="input num seed" type="number" min={0} max={MOST_SEED} aria-label={t("inspector.seed_value")} value={node.seed ?? 0}
          onChange={(event) => { const seed = Math.round(event.target.valueAsNumber); if (Number.isFinite(seed)) edit(node.id, { seed: Math.min(MOST_SEED, Math.max(0, seed)) }, `type:${node.id}:seed`); }} />
      ) : null}
    </span>
  );
}

/** Seconds, takes, seed and shape of a shot. */
export function ShotSettings({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation("canvas");
  const ids = { seed: useId(), aspect: useId() };
  return (
    <>
      <section><h3>{t("inspector.camera")}</h3><CameraChips node={node} /></section>
      <section>
        <h3>{t("inspector.shot")}</h3>
        <div className="setting"><span>{t("inspector.seconds")}</span><DurationCells seconds={node.duration_s} onChange={(duration_s) => { edit(node.id, { duration_s }, `step:${node.id}:duration`); }} /></div>
        <div className="setting"><span>{t("inspector.takes")}</span><TakesChoice node={node} /></div>
        <div className="setting quality-setting"><span>{t("inspector.quality")}</span><QualityChoice node={node} className="input grow" withTimes /></div>
        <div className="setting"><label htmlFor={ids.seed}>{t("inspector.seed_label")}</label><SeedChoice node={node} id={ids.seed} /></div>
        <div className="setting">
          <label htmlFor={ids.aspect}>{t("inspector.aspect")}</label>
          <select id={ids.aspect} className="input grow" value={node.aspect} onChange={(event) => { edit(node.id, { aspect: event.target.value }); }}>
            {ASPECTS.map((aspect) => <option key={aspect} value={aspect}>{aspect === "source" ? t("inspector.aspect_source") : aspect}</option>)}
          </select>
        </div>
      </section>
    </>
  );
}
