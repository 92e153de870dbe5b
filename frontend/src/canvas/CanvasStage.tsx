import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";
import { needWords } from "@/i18n/i18n";
import { IntentsContext } from "@/nodes/intents";
import { readSnippets } from "@/nodes/snippets";
import { useView, viewStore } from "@/nodes/view";
import { readSettings } from "@/session/preferences";
import { useMe } from "@/session/useMe";
import { ACCEPT } from "@/uploads/acceptance";
import type { Arrivals } from "@/uploads/arrivals";
import { CanvasBar } from "./chrome/CanvasBar";
import { LaneStrip } from "./chrome/LaneStrip";
import { Rail } from "./chrome/Rail";
import { useKnowFilms } from "./chrome/useProjectFilm";
import { ZoomControl } from "./chrome/ZoomControl";
import { listenToClipboard } from "./clipboard";
import { useCompare } from "./compareStore";
import { useDocument } from "./document/currentDocument";
import { EmptyCanvas } from "./EmptyCanvas";
import { theCamera } from "./flow/camera";
import { Flow } from "./flow/Flow";
import { setDeleteWish } from "./intents/deleteIntents";
import { dropFiles, insertAsset, uploadInto } from "./intents/dropIntents";
import { setDefaults } from "./intents/nodeIntents";
import { useIntentsOf } from "./intents/useIntentsOf";
import { useOffers } from "./session/useOffers";
import { useCanvasKeys } from "./keyboard/useCanvasKeys";
import { Minimap } from "./chrome/Minimap";
import { setDoneWishes } from "./session/tellDone";
import type { CanvasSession } from "./session/useCanvasSession";
import { useFileDrop } from "./useFileDrop";
import { useTools } from "./toolStore";
import { later } from "@/ui/later";

// What opens over or beside the tree comes when it is first wanted.
const Inspector = later(async () => (await import("./inspector/Inspector")).Inspector, <aside className="inspector" aria-hidden />);
const Outline = later(async () => (await import("./outline/Outline")).Outline);
const LibraryDrawer = later(async () => (await import("./drawer/LibraryDrawer")).LibraryDrawer);
const Palette = later(async () => { const [{ Palette: Panel }] = await Promise.all([import("./palette/Palette"), needWords("commands")]); return Panel; });
const CompareSheet = later(async () => (await import("./compare/CompareSheet")).CompareSheet);
const ClashNotes = later(async () => { const [{ ClashNotes: Notes }] = await Promise.all([import("./clash/ClashNotes"), needWords("commands")]); return Notes; });
const DeleteAsk = later(async () => (await import("./chrome/DeleteAsk")).DeleteAsk);
const FilmExport = later(async () => { const [{ FilmExport: Panel }] = await Promise.all([import("./chrome/FilmExport"), needWords("pages")]); return Panel; });
const Versions = later(async () => { const [{ Versions: Panel }] = await Promise.all([import("./versions/Versions"), needWords("commands")]); return Panel; });
const KeyHelp = later(async () => { const [{ KeyHelp: Panel }] = await Promise.all([import("./chrome/KeyHelp"), needWords("commands")]); return Panel; });

/** So long people look around before the rest is fetched. */
const LOOK_AROUND_MS = 4000;
const LATER = [Outline, Palette, LibraryDrawer, CompareSheet, DeleteAsk, Versions, KeyHelp, ClashNotes, FilmExport];

/** Most people select something next, so its panel is fetched at once; the others follow while there is a line. */
function warmPanels(): () => void {
  Inspector.warm().catch(() => undefined);
  const timer = setTimeout(() => { for (const part of LATER) part.warm().catch(() => undefined); }, LOOK_AROUND_MS);
  return () => { clearTimeout(timer); };
}

/** Usage and defaults of the person, handed to the cards. */
function usePersonal(): void {
  const me = useMe().data;
  const offers = useOffers();
  useEffect(() => {
    if (me === undefined) return;
    const wishes = readSettings(me.settings);
    viewStore.setState({ offers, allowance: me.usage, autoplay: wishes.autoplay, snippets: readSnippets(me.settings) });
    setDoneWishes(wishes);
    setDeleteWish(wishes.delete_runs);
    setDefaults({ duration_s: wishes.duration_s, takes: wishes.takes, aspect: wishes.aspect, enhance: wishes.enhance, quality: offers.some((offer) => offer.quality === wishes.quality) ? wishes.quality : "standard" });
  }, [me, offers]);
}

/** The whole canvas: bar, rail, tree, inspector, lane, and what opens over them. */
export function CanvasStage({ session }: { readonly session: CanvasSession }) {
  const { t } = useTranslation("canvas");
  const projectId = session.project.id;
  const file = useRef<HTMLInputElement>(null);
  const target = useRef<string | null>(null);
  const tools = useTools();
  const clashed = useDocument((state) => state.clashes.length > 0);
  const compared = useCompare((state) => state.shotId);
  const selection = useView((state) => state.selection);
  usePersonal();
  useKnowFilms(projectId);

  const chooseFile = useCallback((nodeId: string | null) => { target.current = nodeId; file.current?.click(); }, []);
  const intents = useIntentsOf({ projectId, chooseFile });
  useCanvasKeys({ intents, chooseImage: () => { chooseFile(null); } });

  const takeFiles = useCallback((arrivals: Arrivals, at?: { readonly x: number; readonly y: number }) => {
    void dropFiles(projectId, arrivals, at ?? theCamera()?.middle() ?? { x: 0, y: 0 });
  }, [projectId]);
  useEffect(() => listenToClipboard(takeFiles), [takeFiles]);
  const over = useFileDrop(takeFiles, insertAsset);
  const hasDetails = useDocument((state) => {
    const kind = selection.size === 1 ? state.document.nodes[[...selection][0] ?? ""]?.kind : undefined;
    return kind === "shot" || kind === "image";
  });
  const inspected = hasDetails || tools.inspectorPinned;
  useEffect(warmPanels, []);

  return (
    <IntentsContext value={intents}>
      <div className="canvas-screen" data-over={over}>
        <CanvasBar project={session.project} />
        <div className="canvas-row">
          <Rail onImage={() => { chooseFile(null); }} />
          <main id="content" className="canvas-middle" tabIndex={-1}>
            {tools.outline ? <Outline /> : null}
            {tools.library ? <LibraryDrawer /> : null}
            <div className="stage" data-canvas data-chosen={selection.size > 0} tabIndex={0} role="application" aria-label={t("stage")} aria-describedby="canvas-help">
              <Flow projectId={projectId} tool={tools.tool} />
              <EmptyCanvas onChoose={() => { chooseFile(null); }} />
              {over ? <p className="drop-note" role="status">{t("drop_here")}</p> : null}
              <ZoomControl />
              {tools.minimap ? <Minimap /> : null}
              {clashed ? <ClashNotes /> : null}
            </div>
            <p id="canvas-help" className="hidden-text">{t("stage_help")}</p>
            <LaneStrip projectId={projectId} />
          </main>
          {inspected ? <Inspector projectId={projectId} /> : null}
        </div>
        <input
          ref={file}
          type="file"
          accept={ACCEPT}
          multiple
          hidden
          data-testid="canvas-file"
          onChange={(event) => {
            const files = [...(event.target.files ?? [])];
            const [first] = files;
            if (target.current !== null && first !== undefined) void uploadInto(projectId, target.current, first);
            else takeFiles({ files, folders: [] });
            event.target.value = "";
          }}
        />
        {tools.palette ? <Palette projectId={projectId} chooseImage={() => { chooseFile(null); }} /> : null}
        {compared === null ? null : <CompareSheet shotId={compared} onClose={() => { useCompare.setState({ shotId: null }); }} />}
        {tools.exporting === null ? null : <FilmExport filmId={tools.exporting} onClose={() => { useTools.setState({ exporting: null }); }} />}
        {tools.deleting === null ? null : <DeleteAsk nodeIds={tools.deleting} onClose={() => { useTools.setState({ deleting: null }); }} />}
        {tools.versions ? <Versions projectId={projectId} onClose={() => { useTools.setState({ versions: false }); }} /> : null}
        {tools.help ? <KeyHelp onClose={() => { useTools.setState({ help: false }); }} /> : null}
      </div>
    </IntentsContext>
  );
}
