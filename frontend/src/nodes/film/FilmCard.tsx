import { Film } from "lucide-react";
import { memo } from "react";
import { useTranslation } from "react-i18next";
import { CardTitle } from "../CardTitle";
import { useIntents } from "../intents";
import type { NodeRecord } from "../node";
import { countRender } from "../renderCounter";
import { useView } from "../view";

/** A film as a small strip; a double click or Enter opens it. */
export const FilmCard = memo(function FilmCard({ node }: { readonly node: NodeRecord }) {
  countRender(node.id);
  const { t } = useTranslation();
  const intents = useIntents();
  const selected = useView((state) => state.selection.has(node.id));
  const dimmed = useView((state) => state.path !== null && !state.path.has(node.id));
  return (
    <article className="node" data-selected={selected} data-dimmed={dimmed} data-node-id={node.id} onDoubleClick={() => { intents.openFilm(node.film_id); }}>
      <header className="head">
        <Film className="ic" aria-hidden />
        <CardTitle title={node.title} fallback={t("nodes:kind.film")} onRename={(title) => { intents.edit(node.id, { title }); }} />
      </header>
      <div className="body">
        <button type="button" className="btn nodrag" onClick={() => { intents.openFilm(node.film_id); }}>{t("nodes:film.open")}</button>
      </div>
    </article>
  );
});
