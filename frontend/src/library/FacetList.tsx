import { Ban, ChevronDown, Clapperboard, Film, Image, Images, ListFilter, Plus, Star, Tag, type LucideIcon } from "lucide-react";
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useCollections, useCreateCollection, type Facets } from "./useAssets";

export interface FacetListProps {
  readonly facets: Facets | null;
  readonly address: URLSearchParams;
  readonly onChange: (name: string, value: string) => void;
  /** All of it at once: one change of the address after another would undo the one before. */
  readonly onEverything: () => void;
}

interface FacetProps {
  readonly icon?: LucideIcon;
  readonly word: string;
  readonly count?: number | undefined;
  readonly on: boolean;
  readonly onPress: () => void;
}

function Facet({ icon: Icon, word, count, on, onPress }: FacetProps) {
  return (
    <button type="button" className="facet" aria-current={on} onClick={onPress}>
      {Icon === undefined ? null : <Icon className="ic" aria-hidden />}
      <span className="grow cut">{word}</span>
      {count === undefined ? null : <span className="t3 num">{count}</span>}
    </button>
  );
}

/** What the library can be narrowed down by. */
export function FacetList({ facets, address, onChange, onEverything }: FacetListProps) {
  const { t } = useTranslation("library");
  const collections = useCollections().data ?? [];
  const create = useCreateCollection();
  const [naming, setNaming] = useState(false);
  // Only where there is no room for them beside the pictures.
  const [unfolded, setUnfolded] = useState(false);
  const active = new Set([...address.keys()].filter((key) => key.startsWith("filter"))).size;
  const value = (name: string): string => address.get(`filter[${name}]`) ?? "";
  const toggle = (name: string, wanted: string) => () => onChange(`filter[${name}]`, value(name) === wanted ? "" : wanted);
  const submit = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const title = String(new FormData(event.currentTarget).get("title") ?? "").trim();
    if (title !== "") create.mutate(title);
    setNaming(false);
  };
  return (
    <nav aria-label={t("title")} data-unfolded={unfolded}>
      <button type="button" className="facet facets-fold" aria-expanded={unfolded} onClick={() => { setUnfolded(!unfolded); }}>
        <ListFilter className="ic" aria-hidden />
        <span className="grow">{active === 0 ? t("filters") : t("filtersOn", { count: active })}</span>
        <ChevronDown className="ic" aria-hidden />
      </button>
      <Facet icon={Images} word={t("everything")} count={facets?.all} on={[...address.keys()].every((key) => !key.startsWith("filter"))} onPress={onEverything} />
      <Facet icon={Clapperboard} word={t("kind.clip")} count={facets?.kind.clip ?? 0} on={value("kind") === "clip"} onPress={toggle("kind", "clip")} />
      <Facet icon={Image} word={t("kind.image")} count={facets?.kind.image ?? 0} on={value("kind") === "image"} onPress={toggle("kind", "image")} />
      <Facet icon={Film} word={t("kind.film")} count={facets?.kind.film ?? 0} on={value("kind") === "film"} onPress={toggle("kind", "film")} />
      <Facet icon={Star} word={t("starred")} count={facets?.starred} on={value("starred") === "true"} onPress={toggle("starred", "true")} />
      <Facet icon={Ban} word={t("rejected")} count={facets?.rejected} on={value("rejected") === "true"} onPress={toggle("rejected", "true")} />
      <Facet icon={Film} word={t("usedInFilm")} count={facets?.used_in_film} on={value("used_in_film") === "true"} onPress={toggle("used_in_film", "true")} />
      {(facets?.project.length ?? 0) > 0 ? <h2 className="facet-head">{t("project")}</h2> : null}
      {facets?.project.map((project) => <Facet key={project.id} word={project.title} count={project.count} on={value("project") === project.id} onPress={toggle("project", project.id)} />)}
      <h2 className="facet-head">{t("length.label")}</h2>
      {(["short", "middle", "long"] as const).map((length) => <Facet key={length} word={t(`length.${length}`)} on={value("length") === length} onPress={toggle("length", length)} />)}
      <h2 className="facet-head">{t("made.label")}</h2>
      {(["day", "week", "month"] as const).map((made) => <Facet key={made} word={t(`made.${made}`)} on={value("made") === made} onPress={toggle("made", made)} />)}
      <h2 className="facet-head">{t("aspect.label")}</h2>
      {(["wide", "tall", "square"] as const).map((shape) => <Facet key={shape} word={t(`aspect.${shape}`)} on={value("aspect") === shape} onPress={toggle("aspect", shape)} />)}
      {(facets?.tags.length ?? 0) > 0 ? <h2 className="facet-head">{t("tags")}</h2> : null}
      {facets?.tags.slice(0, 20).map(({ tag, count }) => <Facet key={tag} icon={Tag} word={tag} count={count} on={value("tag") === tag} onPress={toggle("tag", tag)} />)}
      <h2 className="facet-head">{t("collections")}</h2>
      {collections.map((one) => <Facet key={one.id} word={one.title} count={one.assets} on={value("collection") === one.id} onPress={toggle("collection", one.id)} />)}
      {naming ? (
        <form onSubmit={submit}><input className="input full" name="title" aria-label={t("newCollection")} autoFocus maxLength={200} onBlur={() => setNaming(false)} /></form>
      ) : (
        <Facet icon={Plus} word={t("newCollection")} on={false} onPress={() => setNaming(true)} />
      )}
    </nav>
  );
}
