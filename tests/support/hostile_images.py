"""Pictures that mean harm, or look as if they did: made here byte by byte, none fetched."""

import io
import struct
import zlib
from collections.abc import Callable

from PIL import Image, ImageDraw

PLACE = b"52.5200N 13.4050E"
MARK = b"a camera that knows where it was"


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(*chunks: bytes, width=4, height=4, depth=8, colour=2, method=0) -> bytes:
    """A PNG of given chunks between header and end."""
    header = struct.pack(">IIBBBBB", width, height, depth, colour, 0, 0, method)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(chunks) + png_chunk(b"IEND", b"")


def rows(width=4, height=4, per_pixel=3) -> bytes:
    return png_chunk(b"IDAT", zlib.compress((b"\0" + b"\x50" * (width * per_pixel)) * height))


def bomb(size: int) -> bytes:
    """So many zeros, compressed; a gigabyte is one megabyte."""
    packer, block = zlib.compressobj(9), b"\0" * 2**20
    return b"".join([*(packer.compress(block) for _ in range(size // len(block))), packer.flush()])


def saved(kind: str, mode="RGB", size=(40, 30), **options) -> bytes:
    file = io.BytesIO()
    Image.new(mode, size, 3 if mode in ("L", "P", "1", "I;16") else None).save(file, kind, **options)
    return file.getvalue()


def pattern(kind: str, **options) -> bytes:
    """A picture with an upper half and a lower half."""
    image = Image.new("RGB", (40, 30), (10, 20, 200))
    ImageDraw.Draw(image).rectangle((0, 0, 39, 14), fill=(220, 30, 10))
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def with_exif(kind: str, orientation: int = 1) -> bytes:
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x010F] = MARK.decode()
    place = exif.get_ifd(0x8825)
    place[1], place[2], place[29] = "N", (52.0, 31.0, 12.0), PLACE.decode()
    return pattern(kind, exif=exif)


def webp(*chunks: tuple[bytes, bytes], size: int | None = None) -> bytes:
    body = b"".join(name + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2) for name, data in chunks)
    return b"RIFF" + struct.pack("<I", len(body) + 4 if size is None else size) + b"WEBP" + body


def animated(kind: str) -> bytes:
    file = io.BytesIO()
    frames = [Image.new("RGB", (40, 30), (step * 60, 0, 0)) for step in range(4)]
    frames[0].save(file, kind, save_all=True, append_images=frames[1:], duration=40)
    return file.getvalue()


def jpeg_of(width: int, height: int) -> bytes:
    """A JPEG whose header says another size."""
    data = bytearray(pattern("JPEG"))
    at = data.index(b"\xff\xc0") + 5
    data[at : at + 4] = struct.pack(">HH", height, width)
    return bytes(data)


def _broken() -> dict[str, Callable[[], bytes]]:
    """Pictures of kinds that are taken, which must not be."""
    return {
        "png of 50,000 x 50,000": lambda: png(rows(), width=50_000, height=50_000),
        "png of two thousand million rows": lambda: png(rows(), width=1, height=2**31 - 1),
        "png of no size": lambda: png(rows(), width=0, height=0),
        "png without pixels": png,
        "png cut in its header": lambda: pattern("PNG")[:20],
        "png cut in its pixels": lambda: pattern("PNG")[:70],
        "png with a wrong sum": lambda: pattern("PNG").replace(b"IDAT", b"IDAT\1", 1),
        "png with a part as long as its number allows": lambda: png(b"\xff\xff\xff\xffIDAT1234"),
        "png with pixels before its palette": lambda: png(rows(per_pixel=1), colour=3),
        "png of an unknown depth": lambda: png(rows(), depth=7),
        "png of an unknown colour": lambda: png(rows(), colour=5),
        "png with a text of a gigabyte": lambda: png(png_chunk(b"zTXt", b"k\0\0" + bomb(2**30)), rows()),
        "png with a profile of a gigabyte": lambda: png(png_chunk(b"iCCP", b"x\0\0" + bomb(2**30)), rows()),
        "png with a long international text": lambda: png(png_chunk(b"iTXt", b"k\0\1\0\0\0" + bomb(2**28)), rows()),
        "jpeg of 65,500 x 65,500": lambda: jpeg_of(65_500, 65_500),
        "jpeg of no width": lambda: jpeg_of(0, 30),
        "jpeg cut after its header": lambda: pattern("JPEG")[:160],
        "jpeg cut in its pixels": lambda: pattern("JPEG")[:-30],
        "jpeg of nothing but its start": lambda: b"\xff\xd8\xff",
        "jpeg whose tables are rubbish": lambda: pattern("JPEG").replace(b"\xff\xc4", b"\xff\xc4\0\x04\x11\xff", 1),
        "webp without pictures": lambda: webp((b"VP8X", b"\x02" + b"\0" * 9)),
        "webp cut off": lambda: pattern("WEBP")[:60],
        "webp of 16,384 x 16,384 on paper": lambda: webp((b"VP8X", b"\0" * 4 + b"\xff\x3f\0" * 2)),
        "webp that is longer than it is": lambda: webp((b"VP8L", b"\x2f\xff\xff\xff\x0f"), size=2**31),
        "avif of nothing": lambda: b"\0\0\0\x18ftypavif\0\0\0\0avifmif1",
        "avif cut off": lambda: pattern("AVIF")[:120],
        "heic": lambda: b"\0\0\0\x18ftypheic\0\0\0\0heicmif1" + b"\0" * 64,
    }


def _of_other_kinds() -> dict[str, Callable[[], bytes]]:
    """Kinds that are not taken, whatever is in them."""
    return {
        "gif": lambda: saved("GIF", "P"),
        "gif that moves": lambda: animated("GIF"),
        "gif that is a script": lambda: b"GIF89a=1;alert(1)//" + saved("GIF", "P"),
        "gif of 65,535 x 65,535": lambda: b"GIF89a\xff\xff\xff\xff\0\0\0,\0\0\0\0\xff\xff\xff\xff\0\x08\0;",
        "tiff": lambda: saved("TIFF"),
        "tiff whose folders go round": lambda: b"II*\0\x08\0\0\0\0\0\x08\0\0\0",
        "bmp": lambda: saved("BMP"),
        "bmp of two thousand million columns": lambda: b"BM" + b"\0" * 16 + struct.pack("<ii", 2**31 - 1, 2**31 - 1),
        "fits": lambda: b"SIMPLE  =                    T" + b" " * 2850,
        "fits in gzip": lambda: b"\x1f\x8b\x08\0" + b"\0" * 40,
        "gd": lambda: b"\xff\xfe\x7f\xff\x7f\xff\1\xff\xff\xff\xff" + b"\0" * 40,
        "gd2": lambda: b"gd2\0\0\2\x7f\xff\x7f\xff\0\x40\0\1\0\1\0\1" + b"\0" * 40,
        "psd of 300,000 x 300,000": lambda: b"8BPS\0\1" + b"\0" * 6 + struct.pack(">HII", 3, 300_000, 300_000),
        "ico": lambda: saved("ICO", size=(32, 32)),
        "icns": lambda: b"icns\0\0\0\x10ic10\0\0\0\x08",
        "pcx": lambda: saved("PCX"),
        "tga": lambda: saved("TGA"),
        "ppm": lambda: b"P6 99999999 99999999 255 ",
        "xpm": lambda: b'/* XPM */ static char * x[] = {"1 1 1 1"};',
        "eps": lambda: b"%!PS-Adobe-3.0 EPSF-3.0\n(/etc/passwd) run",
        "svg": lambda: b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
        "svg that reads a file": lambda: b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY e SYSTEM 'file:///etc/passwd'>]>",
        "jpeg 2000": lambda: b"\0\0\0\x0cjP  \r\n\x87\n" + b"\0" * 40,
        "jpeg xl": lambda: b"\xff\x0a" + b"\0" * 40,
        "dds": lambda: b"DDS |" + b"\0" * 124,
        "bdf font": lambda: b"STARTFONT 2.1\nFONTBOUNDINGBOX 99999 99999 0 0\n",
        "pcf font": lambda: b"\1fcp\xff\xff\xff\x7f",
        "zip": lambda: b"PK\x03\x04" + b"\0" * 40,
        "pickle": lambda: b"\x80\x04\x95\0\0\0\0\0\0\0\0cos\nsystem\n.",
        "web page": lambda: b"\xef\xbb\xbf<!DOCTYPE html><script>alert(1)</script>",
        "nothing": lambda: b"",
        "zeros": lambda: b"\0" * 5000,
    }


def _taken() -> dict[str, Callable[[], bytes]]:
    """Files that are odd, and of which a clean copy can be made."""
    return {
        "png of sixteen bits": lambda: saved("PNG", "I;16"),
        "png of one bit": lambda: saved("PNG", "1"),
        "png with more pixels than it says": lambda: png(png_chunk(b"IDAT", bomb(2**28)), width=4, height=4),
        "png with place and camera": lambda: with_exif("PNG"),
        "png that is a zip, too": lambda: pattern("PNG") + b"PK\x03\x04<script>alert(1)</script>",
        "png with a script in its text": lambda: png(png_chunk(b"tEXt", b"k\0<script>alert(1)</script>"), rows()),
        "png that moves": lambda: animated("PNG"),
        "webp that moves": lambda: animated("WEBP"),
        "jpeg of four inks": lambda: saved("JPEG", "CMYK"),
        "jpeg that lies on its side": lambda: with_exif("JPEG", 6),
        "jpeg on its head": lambda: with_exif("JPEG", 3),
        "jpeg in a mirror": lambda: with_exif("JPEG", 5),
        "jpeg that is a zip, too": lambda: with_exif("JPEG") + b"PK\x03\x04<script>alert(1)</script>",
        "jpeg with a script in its comment": lambda: pattern("JPEG", comment=b"<script>alert(1)</script>"),
        "jpeg in steps": lambda: pattern("JPEG", progressive=True),
        "jpeg with a broken profile": lambda: pattern("JPEG", icc_profile=b"not a profile" * 20),
        "webp with place and camera": lambda: with_exif("WEBP"),
        "avif with place and camera": lambda: with_exif("AVIF"),
    }


REFUSED, TAKEN = {**_broken(), **_of_other_kinds()}, _taken()
