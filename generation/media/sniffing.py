"""What kind of file this is, told by its first bytes and never by its name; only kinds on this list are opened."""

from enum import StrEnum

from generation.errors import MediaError, MediaKindError

# Enough for every signature below.
HEAD_BYTES = 64


class MediaKind(StrEnum):
    """The files that are read; the value is the name people know."""

    JPEG = "JPEG"
    PNG = "PNG"
    GIF = "GIF"
    WEBP = "WebP"
    BMP = "BMP"
    TIFF = "TIFF"
    AVIF = "AVIF"
    MP4 = "MP4 or MOV"
    MATROSKA = "Matroska or WebM"
    AVI = "AVI"


IMAGE_KINDS = (
    MediaKind.JPEG, MediaKind.PNG, MediaKind.GIF, MediaKind.WEBP, MediaKind.BMP, MediaKind.TIFF, MediaKind.AVIF,
)  # fmt: skip
CLIP_KINDS = (MediaKind.MP4, MediaKind.MATROSKA, MediaKind.AVI, MediaKind.GIF)

_SIGNATURES: tuple[tuple[bytes, MediaKind], ...] = (
    (b"\xff\xd8\xff", MediaKind.JPEG),
    (b"\x89PNG\r\n\x1a\n", MediaKind.PNG),
    (b"GIF87a", MediaKind.GIF),
    (b"GIF89a", MediaKind.GIF),
    (b"BM", MediaKind.BMP),
    (b"II*\x00", MediaKind.TIFF),
    (b"MM\x00*", MediaKind.TIFF),
    (b"\x1aE\xdf\xa3", MediaKind.MATROSKA),
)

# Box names that may open a QuickTime or MP4 file; "ftyp" is read further for its brand.
_MP4_FIRST_BOXES = (b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot")
_AVIF_BRANDS = (b"avif", b"avis")
_HEIF_BRANDS = (b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1")

# What people do hand in by mistake or on purpose, and how to call it.
# With the name that people know it by, if there is one.
_REFUSED: tuple[tuple[bytes, str, str], ...] = (
    (b"#EXTM3U", "", "a playlist, which only points at other files"),
    (b"ffconcat", "", "a playlist, which only points at other files"),
    (b"%PDF", "PDF", "a PDF document; export the page as PNG"),
    (b"8BPS", "PSD", "a Photoshop file; export it as PNG"),
    (b"PK\x03\x04", "ZIP", "a ZIP archive"),
    (b"\x80\x04", "", "a Python pickle"),
    (b"\x80\x05", "", "a Python pickle"),
    (b"SIMPLE  =", "FITS", "a FITS file"),
    (b"\x00\x00\x01\x00", "ICO", "a Windows icon"),
    (b"OggS", "OGG", "an Ogg file; convert it to MP4 or WebM"),
    (b"FLV\x01", "FLV", "a Flash video; convert it to MP4"),
    (b"0&\xb2u", "WMV", "a Windows Media file; convert it to MP4"),
)


def sniff(head: bytes) -> MediaKind:
    """Tell what a file is.

    Args:
        head: The first :data:`HEAD_BYTES` bytes, or all of a shorter file.

    Raises:
        MediaKindError: If it is of a kind that people know and that is not read here.
        MediaError: If it is nothing that is read here, saying what it looks like instead.
    """
    for signature, kind in _SIGNATURES:
        if head.startswith(signature):
            return kind
    if head[:4] == b"RIFF" and head[8:12] in (b"WEBP", b"AVI "):
        return MediaKind.WEBP if head[8:12] == b"WEBP" else MediaKind.AVI
    if head[4:8] in _MP4_FIRST_BOXES:
        return _sniff_brand(head)
    known = ", ".join(sorted(set(IMAGE_KINDS) | set(CLIP_KINDS)))
    for signature, short, name in _REFUSED:
        if short and head.startswith(signature):
            raise MediaKindError(f"the file must be one of {known}; this looks like {name}", kind=short)
    raise MediaError(f"the file must be one of {known}; this looks like {_looks_like(head)}")


def _sniff_brand(head: bytes) -> MediaKind:
    brand = head[8:12] if head[4:8] == b"ftyp" else b""
    if brand in _AVIF_BRANDS:
        return MediaKind.AVIF
    if brand in _HEIF_BRANDS:
        # AVIF files may name the general brand first and themselves among the compatible ones.
        if any(other in head[16:HEAD_BYTES] for other in _AVIF_BRANDS):
            return MediaKind.AVIF
        raise MediaKindError("HEIC photos cannot be read here; export the photo as JPEG or PNG", kind="HEIC")
    return MediaKind.MP4


def _looks_like(head: bytes) -> str:
    for signature, _, name in _REFUSED:
        if head.startswith(signature):
            return name
    text = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if text.startswith((b"<svg", b"<?xml", b"<!doctype", b"<html", b"<mpd", b"<smil", b"<script")):
        return "a web page, drawing or manifest, which may carry code or point at other files"
    if not head.strip(b"\x00"):
        return "nothing but zeros"
    printable = sum(32 <= byte < 127 or byte in b"\t\r\n" for byte in head)
    return "text" if printable == len(head) else "something unknown"
