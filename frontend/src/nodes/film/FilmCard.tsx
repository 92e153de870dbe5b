import { Clapperboard, Ellipsis } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import type { Film, FilmItem } from "@/api/types";
import { clock } from "@/lib/time";
import { useTakeFact } from "@/takes/runsStore";
import { FRAMES_PER_SECOND } from "@/takes/take";
import { Menu } from "@/ui/Menu";
import { CardTitle } from "../CardTitle";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { PortIn } from "../ports";
import { countRender } from "../renderCounter";
import { useView } from "../view";
import { secondsOf, shownItems } from "./filmStrip";

function Clip({ item }: { readonly item: FilmItem }) {
  const whole = useTakeFact(item.take_id, (take) => take.duration_s);
  const ofTake = useTakeFact(item.take_id, (take) => take.poster_urls?.["160"] ?? null);
  const ofAsset = useView((state) => (item.asset_id === null ? null : state.assets[item.asset_id]?.poster_urls?.["160"] ?? null));
  const poster = ofTake ?? ofAsset;
  return <li style={{ flexGrow: secondsOf(item, whole), ...(poster === null ? {} : { backgroundImage: `url("${poster}")` }) }} />;
}

function Strip({ film }: { readonly film: Film }) {
  const { items, more } = shownItems(film.items);
  return (
    <ol className="film-posters" aria-hidden>
      {items.map((item) => <Clip key={item.id} item={item} />)}
      {more > 0 ? <li className="more num">+{more}</li> : null}
    </ol>
  );
}

/** Everything a film's card or line offers, wherever it stands. */
export function FilmControls({ node }: { readonly node: NodeRecord }) {
  const { t } = useTranslation();
  const intents = useIntents();
  const film = useView((state) => state.films[node.film_id ?? ""] ?? null);
  const empty = film === null || film.items.length === 0;
  return (
    <>
      {empty ? <p className="message plain">{t("nodes:film.empty")}</p> : null}
      <div className="acts nodrag">
        <button type="button" className="btn" disabled={film === null} onClick={() => { intents.openFilm(node.film_id); }}>{t("nodes:film.open")}</button>
        <button type="button" className="btn ghost" disabled={empty} onClick={() => { if (film !== null) intents.exportFilm(film.id); }}>{t("nodes:film.export")}</button>
        <span className="grow" />
        <Menu
          trigger={<button type="button" className="btn square ghost" aria-label={t("nodes:act.more")} title={t("nodes:act.more")}><Ellipsis className="ic" aria-hidden /></button>}
          groups={[
            [
              { id: "refill", label: t("nodes:film.refill"), disabled: node.parent_node_id === null, onSelect: () => { intents.refillFilm(node.id); } },
              { id: "part", label: t("nodes:film.part"), disabled: node.parent_node_id === null, onSelect: () => { intents.edit(node.id, { parent_node_id: null }); } },
            ],
            [{ id: "delete", label: t("nodes:film.remove"), danger: true, onSelect: () => { intents.remove([node.id]); } }],
          ]}
        />
      </div>
    </>
  );
}

/** A film as a strip of its clips; a shot's "+" let go on it fills it with the path to that shot. */
export const FilmCard = memo(function FilmCard({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const { t } = useTranslation();
  const intents = useIntents();
  const film = useView((state) => state.films[node.film_id ?? ""] ?? null);
  const detail = useView((state) => state.detail);
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  return (
    <article className="node film" data-selected={selected} data-dimmed={dimmed} data-detail={detail} data-node-id={node.id} onDoubleClick={() => { intents.openFilm(node.film_id); }}>
      <PortIn nodeId={node.id} used={node.parent_node_id !== null} />
      <header className="head">
        <Clapperboard className="ic" aria-hidden />
        <CardTitle title={node.title} fallback={film?.title || t("nodes:kind.film")} onRename={(title) => { intents.edit(node.id, { title }); }} />
        {film === null ? null : <span className="status t2 num">{t("nodes:film.summary", { count: film.items.length, time: clock(film.duration_frames / FRAMES_PER_SECOND) })}</span>}
      </header>
      {film === null || film.items.length === 0 ? <div className="film-posters" /> : <Strip film={film} />}
      {detail === "full" || selected ? <div className="body"><FilmControls node={node} /></div> : null}
    </article>
  );
});
