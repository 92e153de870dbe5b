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
import type { MapNode, MapScale } from "./mapPicture";

const WIDTH = 180;
const HEIGHT = 120;

function statusColor(nodeId: string, css: CSSStyleDeclaration): string | null {
  if (viewStore.getState().selection.has(nodeId)) return css.getPropertyValue("--accent");
  const takes = takesOf(nodeId);
  const running = takes.find(isRunning);
  if (running !== undefined) return css.getPropertyValue(running.status === "queued" ? "--queued" : "--generating");
  return shownTake(takes, null)?.status === "failed" ? css.getPropertyValue("--failed") : null;
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
    const draw = (): void => {
      frame = 0;
      const { transform: [x, y, zoom], width, height } = store.getState();
      const ratio = window.devicePixelRatio || 1;
      if (element.width !== WIDTH * ratio) { element.width = WIDTH * ratio; element.height = HEIGHT * ratio; }
      const view: Box = { x: -x / zoom, y: -y / zoom, width: width / zoom, height: height / zoom };
      const css = getComputedStyle(element);
      const { path } = viewStore.getState();
      const nodes = allNodes().filter((node) => node.kind !== "frame").map((node): MapNode => ({
        id: node.id, ...boxOf(node), color: node.kind === "shot" ? statusColor(node.id, css) : null, bright: path === null || path.has(node.id),
      }));
      scale.current = mapScale(nodes, view, WIDTH, HEIGHT);
      context.setTransform(ratio, 0, 0, ratio, 0, 0);
      context.clearRect(0, 0, WIDTH, HEIGHT);
      drawMap(context, nodes, view, scale.current, { node: css.getPropertyValue("--outline"), quiet: css.getPropertyValue("--surface-3"), view: css.getPropertyValue("--text-1") });
    };
    const soon = (): void => { if (frame === 0) frame = requestAnimationFrame(draw); };
    const stops = [store.subscribe(soon), documentStore.subscribe(soon), runsStore.subscribe(soon), viewStore.subscribe(soon)];
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
    <div className="minimap">
      <canvas ref={canvas} style={{ width: WIDTH, height: HEIGHT }} role="img" aria-label={t("minimap")} onPointerDown={jump} onPointerMove={jump} />
    </div>
  );
}
