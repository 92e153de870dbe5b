import { ExportDialog } from "@/film/ExportDialog";
import { useView } from "@/nodes/view";

/** The export of a film, asked for on its card. */
export function FilmExport({ filmId, onClose }: { readonly filmId: string; readonly onClose: () => void }) {
  const version = useView((state) => state.films[filmId]?.version ?? 0);
  return <ExportDialog filmId={filmId} version={version} open onClose={onClose} />;
}
