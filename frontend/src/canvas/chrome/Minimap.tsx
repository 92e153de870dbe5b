import { useStoreApi } from "@xyflow/react";
import { useEffect, useRef } from "react";
import type { PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { viewStore } from "@/nodes/view";
import { shownTake } from "@/takes/look";
import { runsStore, takesOf } from "@/takes/runsStore";
import { isRunning } from "@/takes/take";
import { allNodes, documentStore } from "../document/currentDocument";
import { boxOf } from "../flow/boxes";
import { theCamera } from "../flow/camera";
import type { Box } from "../layout/placement";
import { drawMap, mapScale } from "./mapPicture";
import type { MapColors, MapNode, MapScale } from "./mapPicture";

const WIDTH = 180;
const HEIGHT = 120;

function statusColor(nodeId: string, css: CSSStyleDeclaration): string | null {
  if (viewStore.getState().selection.has(nodeId)) return css.getPropertyValue("--accent");
  const takes = takesOf(nodeId);
  const running = takes.find(isRunning);
  if (running !== undefined) return css.getPropertyValue(running.status === "queued" ? "--queued" : "--generating");
  return shownTake(takes, null)?.status === "failed" ? css.getPropertyValue("--failed") : null;
}

function readNodes(css: CSSStyleDeclaration): { readonly nodes: readonly MapNode[]; readonly colors: MapColors } {
  const { path } = viewStore.getState();
  const nodes = allNodes().filter((node) => node.kind !== "frame").map((node): MapNode => ({
    id: node.id, ...boxOf(node), color: node.kind === "shot" ? statusColor(node.id, css) : null, bright: path === null || path.has(node.id),
  }));
  return { nodes, colors: { node: css.getPropertyValue("--outline"), quiet: css.getPropertyValue("--surface-3"), view: css.getPropertyValue("--text-1") } };
}

/** The whole tree on one small picture, drawn at most once per frame. Everything it does, keys and the outline do too. */
export function Minimap() {
  const { t } = useTranslation("canvas");
  const canvas = useRef<HTMLCanvasElement>(null);
  const scale = useRef<MapScale>({ scale: 1, left: 0, top: 0 });
  const store = useStoreApi();
  useEffect(() => {
    const element = canvas.current;
    const context = element?.getContext("2d") ?? null;
    if (element === null || context === null) return undefined;
    let frame = 0;
    let known: { readonly nodes: readonly MapNode[]; readonly colors: MapColors } | null = null;
    const draw = (): void => {
      frame = 0;
      const { transform: [x, y, zoom], width, height } = store.getState();
      const ratio = window.devicePixelRatio || 1;
      if (element.width !== WIDTH * ratio) { element.width = WIDTH * ratio; element.height = HEIGHT * ratio; }
      const view: Box = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      // Panning moves the frame of the view alone; what the nodes look like is read when one of them changes.
      known ??= readNodes(getComputedStyle(element));
      scale.current = mapScale(known.nodes, view, WIDTH, HEIGHT);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      drawMap(context, known.nodes, view, scale.current, known.colors);
    };
    const soon = (): void => { if (frame === 0) frame = requestAnimationFrame(draw); };
    const anew = (): void => { known = null; soon(); };
    const stops = [store.subscribe(soon), documentStore.subscribe(anew), runsStore.subscribe(anew), viewStore.subscribe(anew)];
    soon();
    return () => {
      cancelAnimationFrame(frame);
      for (const stop of stops) stop();
    };
  }, [store]);
  const jump = (event: PointerEvent<HTMLCanvasElement>): void => {
    if (event.buttons !== 1) return;
    const box = event.currentTarget.getBoundingClientRect();
    theCamera()?.centerOn((event.clientX - box.left) / scale.current.scale + scale.current.left, (event.clientY - box.top) / scale.current.scale + scale.current.top);
  };
  return (
    <div className="minimap" data-over-canvas>
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} role="img" aria-label={t("minimap")} onPointerDown={jump} onPointerMove={jump} />
    </div>
  );
}
