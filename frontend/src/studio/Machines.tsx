import { useTranslation } from "react-i18next";
import type { Worker } from "@/api/types";
import { bytes, when } from "@/lib/time";
import { StatusWord, type StatusTone } from "@/ui/StatusWord";

/** A machine's state: what went wrong before whether it works, and that before silence. */
export function stateOf(machine: Pick<Worker, "alive" | "holds" | "last_error">): { readonly tone: StatusTone; readonly word: "failed" | "gone" | "busy" | "idle" } {
  if (machine.last_error !== "") return { tone: "failed", word: "failed" };
  if (!machine.alive) return { tone: "warning", word: "gone" };
  return machine.holds === "" ? { tone: "done", word: "idle" } : { tone: "generating", word: "busy" };
}

/** The studio's machines, one a line. */
export function Machines({ machines }: { readonly machines: readonly Worker[] }) {
  const { t, i18n } = useTranslation("studio");
  if (machines.length === 0) return <p className="t2">{t("none")}</p>;
  const kind = (name: string): string => (i18n.exists(`studio:kind.${name}`) ? t(`kind.${name}`) : name);
  return (
    // eslint-disable-next-line jsx-a11y/no-noninteractive-tabindex -- what scrolls sideways is reached by keyboard, too
    <div className="table-scroll" role="region" aria-label={t("machines")} tabIndex={0}>
      <table className="num">
        <thead><tr>{(["name", "does", "state", "model", "memory", "stage", "heard"] as const).map((column) => <th key={column} scope="col">{t(column)}</th>)}</tr></thead>
        <tbody>
          {machines.map((machine) => {
            const { tone, word } = stateOf(machine);
            return (
              <tr key={machine.name}>
                <th scope="row">{machine.name}</th>
                <td>{kind(machine.kind)}</td>
                <td><StatusWord tone={tone} word={t(word)} />{machine.last_error === "" ? null : <span className="machine-error">{machine.last_error}</span>}</td>
                <td>{machine.preset} · {machine.device}</td>
                <td>{bytes(machine.rss_bytes, i18n.language)}</td>
                <td>{machine.stage_seconds > 0 ? t("stageSeconds", { seconds: machine.stage_seconds.toFixed(1) }) : "–"}</td>
                <td>{when(machine.heard_at, i18n.language)}</td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
