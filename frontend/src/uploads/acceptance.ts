/** What may be uploaded, decided before a byte is sent; the server decides again by looking inside. */
export const IMAGE_TYPES = ["image/jpeg", "image/png", "image/webp", "image/avif"] as const;
export const VIDEO_TYPES = ["video/mp4"] as const;
export const ACCEPT = [...IMAGE_TYPES, ...VIDEO_TYPES].join(",");
export const MOST_IMAGE_BYTES = 30_000_000;
export const MOST_VIDEO_BYTES = 500_000_000;

/** The ending of a whole project's file. */
export const PROJECT_ENDING = ".zip";

export interface Refusal {
  readonly name: string;
  readonly code: "upload_type" | "upload_too_big" | "upload_folder" | "upload_empty";
  readonly params: Readonly<Record<string, string>>;
}

interface FileFacts {
  readonly name: string;
  readonly type: string;
  readonly size: number;
}

function megabytes(bytes: number): string {
  return `${Math.max(1, Math.round(bytes / 1_000_000))} MB`;
}

/** Whether a file looks like a project's; what is in it, the server finds out. */
export function isProjectFile(file: Pick<FileFacts, "name">): boolean {
  return file.name.toLowerCase().endsWith(PROJECT_ENDING);
}

/** Why a file cannot be taken, or null if it can be tried. */
export function refusal(file: FileFacts): Refusal | null {
  const isImage = (IMAGE_TYPES as readonly string[]).includes(file.type);
  const isVideo = (VIDEO_TYPES as readonly string[]).includes(file.type);
  if (!isImage && !isVideo) {
    // A folder comes as a file without a type and without an ending.
    if (file.type === "" && !file.name.includes(".")) return { name: file.name, code: "upload_folder", params: {} };
    const ending = file.name.includes(".") ? (file.name.split(".").pop() ?? "") : "";
    return { name: file.name, code: "upload_type", params: { kind: (ending || "?").slice(0, 8).toUpperCase() } };
  }
  if (file.size === 0) return { name: file.name, code: "upload_empty", params: {} };
  const limit = isImage ? MOST_IMAGE_BYTES : MOST_VIDEO_BYTES;
  if (file.size > limit) {
    return { name: file.name, code: "upload_too_big", params: { size: megabytes(file.size), limit: megabytes(limit) } };
  }
  return null;
}
