import { X } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useSearchParams } from "react-router";
import type { AssetCard } from "@/api/types";
import { when } from "@/lib/time";
import { ClipPlayer } from "@/takes/ClipPlayer";
import { CopyButton } from "@/ui/CopyButton";
import { useBulk, useLineage } from "./useAssets";

export interface DetailsProps {
  readonly asset: AssetCard | null;
}

/** Everything known of one asset: how it was made, where it comes from, where it went. */
export function Details({ asset }: DetailsProps) {
  const { t, i18n } = useTranslation("library");
  const words = useTranslation("app").t;
  const lineage = useLineage(asset?.id ?? null).data;
  if (asset === null) return <aside className="t3"><p>{t("details.none")}</p></aside>;
  const facts: readonly (readonly [string, ReactNode])[] = [
    ...(asset.kind === "image" ? [] : [[t("details.length"), words("secondsShort", { count: asset.duration_ms / 1000 })] as const]),
    [t("details.size"), `${asset.width} × ${asset.height}`],
    ...(asset.seed === null ? [] : [[t("details.seed"), <span className="row">{asset.seed}<CopyButton text={String(asset.seed)} label={t("details.seed_copy")} /></span>] as const]),
    ...(asset.project_title === null ? [] : [[t("details.project"), asset.project_title] as const]),
    [t("details.made"), when(asset.created_at, i18n.language)],
  ];
  return (
    <aside aria-label={asset.title}>
      {asset.kind === "image" ? (
        <img className="details-media" src={asset.poster_urls?.["640"] ?? asset.media_url} alt={asset.title} style={{ aspectRatio: `${String(asset.width)} / ${String(asset.height)}` }} />
      ) : (
        <ClipPlayer key={asset.id} id={asset.id} url={asset.media_url} poster={asset.poster_urls?.["640"] ?? null} seconds={asset.duration_ms / 1000} shape={asset.width / asset.height} sprite={asset.sprite} label={asset.prompt || asset.title} />
      )}
      <h2 className="strong">{asset.title || asset.prompt}</h2>
      {asset.prompt === "" || asset.prompt === asset.title ? null : <div><h3 className="t3">{t("details.words")}</h3><p>{asset.prompt}</p></div>}
      {asset.enhanced_prompt === "" || asset.enhanced_prompt === asset.prompt ? null : <div><h3 className="t3">{t("details.enhanced")}</h3><p>{asset.enhanced_prompt}</p></div>}
      <dl className="facts num">
        {facts.map(([name, value]) => <div key={name} style={{ display: "contents" }}><dt>{name}</dt><dd>{value}</dd></div>)}
      </dl>
      <Tags asset={asset} />
      {asset.used_in_films > 0 ? <p className="t2">{t("details.used", { count: asset.used_in_films })}</p> : null}
      <LineageStrip title={t("details.path")} assets={lineage?.ancestors ?? []} />
      <LineageStrip title={t("details.children")} assets={lineage?.descendants ?? []} />
    </aside>
  );
}

/** Tags, each of which can be taken off. */
function Tags({ asset }: { readonly asset: AssetCard }) {
  const { t } = useTranslation("library");
  const bulk = useBulk();
  if (asset.tags.length === 0) return null;
  return (
    <ul className="row wrap" role="list" aria-label={t("tags")}>
      {asset.tags.map((tag) => (
        <li key={tag} className="chip">{tag}<button type="button" className="btn square ghost small" aria-label={t("actions.removeTag", { tag })} onClick={() => { bulk.mutate({ action: "untag", ids: [asset.id], value: tag }); }}><X className="ic" aria-hidden /></button></li>
      ))}
    </ul>
  );
}

function LineageStrip({ title, assets }: { readonly title: string; readonly assets: readonly AssetCard[] }) {
  const [, setAddress] = useSearchParams();
  if (assets.length === 0) return null;
  return (
    <div>
      <h3 className="t3">{title}</h3>
      <div className="row wrap">
        {assets.map((asset) => (
          <button key={asset.id} type="button" className="lineage-thumb plate" aria-label={asset.title || asset.prompt} onClick={() => setAddress({ item: asset.id })}>
            {asset.poster_urls === null ? null : <img src={asset.poster_urls["160"]} alt="" />}
          </button>
        ))}
      </div>
    </div>
  );
}
