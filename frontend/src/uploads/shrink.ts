import { IMAGE_TYPES } from "./acceptance";

/** Far more than a clip's frames have, and little to send. */
const MOST_SIDE = 4096;
const QUALITY = 0.92;
const TOO_MUCH = new Set(["upload_too_big", "image_too_large"]);

interface Facts {
  readonly code: string;
  readonly file?: File;
}

/** Whether what was refused is a picture that only has too much in it. */
export function isShrinkable<Refused extends Facts>(refused: Refused): refused is Refused & { readonly file: File } {
  return refused.file !== undefined && TOO_MUCH.has(refused.code) && (IMAGE_TYPES as readonly string[]).includes(refused.file.type);
}

/** A size of the same shape whose longer side is at most so long. */
export function fitting(width: number, height: number, most = MOST_SIDE): { readonly width: number; readonly height: number } {
  const scale = Math.min(1, most / Math.max(width, height));
  return { width: Math.max(1, Math.round(width * scale)), height: Math.max(1, Math.round(height * scale)) };
}

/**
 * The same picture with fewer pixels, upright, as a JPEG.
 *
 * Throws what the browser throws if it cannot read it: the file is damaged, or too large for this device's memory.
 */
export async function shrunk(file: File): Promise<File> {
  const whole = await createImageBitmap(file);
  try {
    const { width, height } = fitting(whole.width, whole.height);
    const sheet = new OffscreenCanvas(width, height);
    const pen = sheet.getContext("2d");
    if (pen === null) throw new Error("no canvas");
    pen.imageSmoothingQuality = "high";
    pen.drawImage(whole, 0, 0, width, height);
    const data = await sheet.convertToBlob({ type: "image/jpeg", quality: QUALITY });
    return new File([data], `${file.name.replace(/\.[^.]+$/, "")}.jpg`, { type: "image/jpeg" });
  } finally {
    whole.close();
  }
}
