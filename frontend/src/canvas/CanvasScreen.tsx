import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import { useParams, useSearchParams } from "react-router";
import "@xyflow/react/dist/base.css";
import { request } from "@/api/http";
import type { AssetCard } from "@/api/types";
import { viewStore } from "@/nodes/view";
import { seek } from "@/player/playback";
import { ErrorNote } from "@/ui/ErrorNote";
import "@/nodes/card.css";
import "@/takes/takes.css";
import "./canvas.css";
import { CanvasStage } from "./CanvasStage";
import { allNodes } from "./document/currentDocument";
import { insertAsset, takeInLeftFiles } from "./intents/dropIntents";
import { add, grow, wishAsUsual } from "./intents/nodeIntents";
import { report } from "./intents/takeIntents";
import { selectOnly } from "./selection";
import { whenFilesAreLeft } from "@/uploads/leftFiles";
import { runsStore, takesOf } from "@/takes/runsStore";
import { useCanvasSession } from "./session/useCanvasSession";
import type { CanvasSession } from "./session/useCanvasSession";

/** What the address asks for: an empty shot to write in, a node at a second, a take to go on from, something of the library. */
function useAddress(session: CanvasSession | null): void {
  const [address, setAddress] = useSearchParams();
  useEffect(() => {
    if (session === null) return;
    const nodeId = address.get("node");
    const takeId = address.get("take");
    if (nodeId !== null) selectOnly(nodeId);
    if (takeId !== null) seek(takeId, Number(address.get("at") ?? 0));
    const growing = address.get("grow");
    if (growing !== null) {
      const shotId = runsStore.getState().takes[growing]?.shot_id ?? null;
      if (shotId !== null) grow(shotId, { takeId: growing, frames: null });
    }
    const inserted = address.get("insert");
    if (inserted !== null) void request<AssetCard>(`/assets/${inserted}`).then((asset) => { insertAsset(asset); }, (error: unknown) => { report(null, error); });
    if (address.get("shot") === "new") {
      const shots = allNodes().filter((node) => node.kind === "shot" && takesOf(node.id).length === 0 && node.prompt === "");
      const picture = allNodes().find((node) => node.kind === "image");
      const [empty] = shots;
      if (empty !== undefined) { wishAsUsual(empty.id); selectOnly(empty.id); viewStore.setState({ writing: empty.id }); }
      else if (picture !== undefined) grow(picture.id);
      else add("shot");
    }
    if ([...address.keys()].length > 0) setAddress({}, { replace: true });
  }, [session, address, setAddress]);
}

/** Pictures that come after the one that the project began from. */
function useLeftFiles(session: CanvasSession | null): void {
  const id = session?.project.id ?? null;
  useEffect(() => {
    if (id === null) return undefined;
    void takeInLeftFiles(id);
    return whenFilesAreLeft(id, () => { void takeInLeftFiles(id); });
  }, [id]);
}

/** A project's canvas, from its address. */
export function CanvasScreen() {
  const { projectId = "" } = useParams();
  return <OpenCanvas key={projectId} projectId={projectId} />;
}

function OpenCanvas({ projectId }: { readonly projectId: string }) {
  const { t } = useTranslation("canvas");
  const [attempt, setAttempt] = useState(0);
  const { session, error } = useCanvasSession(projectId, attempt);
  useAddress(session);
  useLeftFiles(session);
  if (error !== null) {
    return (
      <main id="content" className="column empty">
        <ErrorNote error={error} />
        <button type="button" className="btn" onClick={() => { setAttempt(attempt + 1); }}>{t("try_again")}</button>
      </main>
    );
  }
  if (session === null) return <main id="content" className="canvas-screen" aria-busy="true" aria-label={t("opening")} />;
  return (
    <ReactFlowProvider>
      <CanvasStage session={session} />
    </ReactFlowProvider>
  );
}
