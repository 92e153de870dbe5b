"""Clips that mean harm, or look as if they did: made here byte by byte, none fetched.

``canary`` is the path of a clip that is wholly magenta, with a secret in its title: no output may show either.
"""

import io
import struct
import zlib
from collections.abc import Callable
from functools import cache
from pathlib import Path

import av
import numpy as np

from tests.support.hostile_images import bomb, pattern, png, rows

MAGENTA = (255, 0, 255)
SECRET = b"the canary's own words"

Maker = Callable[[Path], bytes]


def clip(kind="mp4", codec="libx264", frames=12, size=(64, 48), colour=(20, 120, 60), **options) -> bytes:
    """A plain clip of one colour."""
    file = io.BytesIO()
    with av.open(file, "w", format=kind, options=options) as output:
        stream = output.add_stream(codec, rate=24, width=size[0], height=size[1], pix_fmt="yuv420p")
        pixels = np.full((size[1], size[0], 3), colour, np.uint8)
        for _ in range(frames):
            output.mux(stream.encode(av.VideoFrame.from_ndarray(pixels, format="rgb24")))
        output.mux(stream.encode(None))
    return file.getvalue()


@cache
def plain() -> bytes:
    return clip()


@cache
def webm() -> bytes:
    return clip("webm", "libvpx")


@cache
def avi() -> bytes:
    return clip("avi", "mpeg4")


def canary(folder: Path) -> Path:
    """The file that nobody may read."""
    path = folder / "canary.mp4"
    path.write_bytes(clip(colour=MAGENTA) + box(b"free", SECRET))
    return path


def box(kind: bytes, data: bytes = b"", *, size: int | None = None) -> bytes:
    return struct.pack(">I", len(data) + 8 if size is None else size) + kind + data


def changed(data: bytes, kind: bytes, offset: int, new: bytes) -> bytes:
    """Bytes after the name of a box, replaced."""
    at = data.index(kind) + 4 + offset
    return data[:at] + new + data[at + len(new) :]


def grown(data: bytes, path: list[bytes], more: bytes) -> bytes:
    """A box added at the end of another, every box around it made longer."""
    out, place = bytearray(data), 0
    for kind in path:
        place = out.index(kind, place) - 4
        length = int.from_bytes(out[place : place + 4], "big")
        out[place : place + 4] = struct.pack(">I", length + len(more))
        end = place + length
        place += 8
    out[end:end] = more
    return bytes(out)


def without_index(data: bytes) -> tuple[bytes, bytes, bytes]:
    """File type, media and index of a clip that ends with its index."""
    moov = data.index(b"moov") - 4
    mdat = data.index(b"mdat") - 4
    return data[:mdat], data[mdat:moov], data[moov:]


def many_tracks(count: int) -> bytes:
    head, media, index = without_index(plain())
    start = index.index(b"trak") - 4
    track = index[start : start + int.from_bytes(index[start : start + 4], "big")]
    return head + media + box(b"moov", index[8:] + track * count)


def edited(entries: list[tuple[int, int]], count: int | None = None) -> bytes:
    """A clip with another edit list: what is shown of it, and from where."""
    data = plain()
    body = struct.pack(">II", 0, len(entries) if count is None else count)
    body += b"".join(struct.pack(">IiI", length, start, 0x10000) for length, start in entries)
    at = data.index(b"edts") - 4
    size = int.from_bytes(data[at : at + 4], "big")
    return grown(
        data[:at] + box(b"free", b"\0" * (size - 8)) + data[at + size :],
        [b"moov", b"trak"],
        box(b"edts", box(b"elst", body)),
    )


def ebml(kind: int, data: bytes = b"", *, size: int | None = None) -> bytes:
    name = kind.to_bytes((kind.bit_length() + 7) // 8, "big")
    return name + ((1 << 56) | (len(data) if size is None else size)).to_bytes(8, "big") + data


EBML = ebml(0x1A45DFA3, ebml(0x4282, b"matroska"))
SEGMENT, TRACKS, TRACK, ATTACHMENTS, CLUSTER = 0x18538067, 0x1654AE6B, 0xAE, 0x1941A469, 0x1F43B675


def matroska(*parts: bytes) -> bytes:
    block = ebml(0xE7, b"\0") + ebml(0xA3, b"\x81\0\0\x80MAGY" + b"\xff" * 60)
    return EBML + ebml(SEGMENT, b"".join(parts) + ebml(CLUSTER, block))


def video_track(codec: bytes, width=64, height=48, extra=b"") -> bytes:
    shape = ebml(0xB0, width.to_bytes(4, "big")) + ebml(0xBA, height.to_bytes(4, "big"))
    body = ebml(0xD7, b"\1") + ebml(0x83, b"\1") + ebml(0x86, codec) + ebml(0xE0, shape) + extra
    return ebml(TRACKS, ebml(TRACK, body))


def attached(name: bytes, data: bytes) -> bytes:
    """A Matroska clip with a file in it."""
    file = ebml(0x466E, name) + ebml(0x4660, b"application/octet-stream") + ebml(0x465C, data) + ebml(0x46AE, b"\1")
    return webm() + ebml(ATTACHMENTS, ebml(0x61A7, file))


def riff(kind: bytes, data: bytes) -> bytes:
    return kind + struct.pack("<I", len(data)) + data + b"\0" * (len(data) % 2)


def listed(kind: bytes, *parts: bytes) -> bytes:
    return riff(b"LIST", kind + b"".join(parts))


def avi_of(codec: bytes, *, width=64, height=48, streams=1, data=b"\0" * 64, scale=1, rate=24, kind=b"vids") -> bytes:
    """An AVI whose streams say that they are coded so."""
    main = struct.pack("<IIIIIIIIII", 41_666, 0, 0, 16, 4, 0, streams, 0, width, abs(height)) + b"\0" * 16
    head = kind + codec + struct.pack("<IHHIIIIIIiI", 0, 0, 0, 0, scale, rate, 0, 4, 0, -1, 0) + b"\0" * 8
    shape = struct.pack("<IiiHH4sIiiII", 40, width, height, 1, 24, codec, 0, 0, 0, 0, 0)
    one = listed(b"strl", riff(b"strh", head), riff(b"strf", shape))
    frames = b"".join(riff(b"00dc", data) for _ in range(4))
    body = listed(b"hdrl", riff(b"avih", main), *[one] * streams) + listed(b"movi", frames)
    return riff(b"RIFF", b"AVI " + body)


def subtitled_avi(path: Path) -> bytes:
    """GAB2: a subtitle stream whose text is a playlist, which some readers follow."""
    playlist = f"#EXTM3U\n#EXT-X-MEDIA-SEQUENCE:0\n#EXTINF:1.0,\nfile://{path}\n#EXT-X-ENDLIST\n".encode()
    gab2 = b"GAB2\0" + struct.pack("<HI", 2, 4) + b"a\0\0\0" + struct.pack("<HI", 4, len(playlist)) + playlist
    main = struct.pack("<IIIIIIIIII", 41_666, 0, 0, 16, 4, 0, 1, 0, 64, 48) + b"\0" * 16
    head = b"txts" + b"\0" * 4 + struct.pack("<IHHIIIIIIiI", 0, 0, 0, 0, 1, 1, 0, 1, 0, -1, 0) + b"\0" * 8
    stream = listed(b"strl", riff(b"strh", head), riff(b"strf", b""))
    body = listed(b"hdrl", riff(b"avih", main), stream) + listed(b"movi", riff(b"00tx", gab2))
    return riff(b"RIFF", b"AVI " + body)


def _pointing() -> dict[str, Maker]:
    """Files that point at others."""
    alias = struct.pack(">II", 0, 1) + box(b"alis", b"\0\0\0\0")

    def reference(path: Path) -> bytes:
        place = str(path).encode() + b"\0"
        rdrf = b"\0\0\0\0url " + struct.pack(">I", len(place)) + place
        return box(b"ftyp", b"qt  \0\0\0\0qt  ") + box(b"moov", box(b"rmra", box(b"rmda", box(b"rdrf", rdrf))))

    def elsewhere(path: Path) -> bytes:
        place = f"file://{path}".encode() + b"\0"
        old = plain().index(b"dref") - 4
        data = plain()[: old + 4] + b"free" + plain()[old + 8 :]
        new = box(b"dref", struct.pack(">II", 0, 1) + box(b"url ", b"\0\0\0\0" + place))
        return grown(data, [b"moov", b"trak", b"mdia", b"minf", b"dinf"], new)

    return {
        "playlist": lambda path: f"#EXTM3U\n#EXTINF:1,\nfile://{path}\n".encode(),
        "playlist over http": lambda _: b"#EXTM3U\n#EXTINF:1,\nhttp://127.0.0.1:1/x.ts\n",
        "playlist behind a mark": lambda path: b"\xef\xbb\xbf" + f"#EXTM3U\nfile://{path}\n".encode(),
        "playlist in a box": lambda path: (
            box(b"ftyp", b"isom\0\0\0\0") + f"#EXTM3U\n#EXTINF:1,\nfile://{path}\n".encode()
        ),
        "list of files": lambda path: f"ffconcat version 1.0\nfile {path}\n".encode(),
        "list of files, unsafe": lambda path: f"ffconcat version 1.0\noption safe 0\nfile '{path}'\n".encode(),
        "manifest": lambda path: f"<?xml version='1.0'?><MPD><BaseURL>file://{path}</BaseURL></MPD>".encode(),
        "manifest, plain": lambda path: f"<MPD><BaseURL>file://{path}</BaseURL></MPD>".encode(),
        "smil": lambda path: f"<smil><body><video src='file://{path}'/></body></smil>".encode(),
        "session description": lambda _: b"v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nm=video 1 RTP/AVP 96\n",
        "subtitles that are a playlist": subtitled_avi,
        "reference movie": reference,
        "data in another file": elsewhere,
        "data behind an alias": lambda _: grown(
            plain(), [b"moov", b"trak", b"mdia", b"minf", b"dinf"], box(b"dref", alias)
        ),
        "file in a file": lambda path: attached(str(path).encode(), b"../" + bytes(path)),
        "script for avisynth": lambda path: f'AviSource("{path}")\n'.encode(),
        "tags as text": lambda path: f";FFMETADATA1\ntitle=file://{path}\n".encode(),
    }


def _broken() -> dict[str, Maker]:
    """Files that say what cannot be."""
    half = len(plain()) // 2
    return {
        "cut in its type": lambda _: plain()[:12],
        "cut in its media": lambda _: plain()[:200],
        "cut in its index": lambda _: plain()[:-300],
        "cut by its last bytes": lambda _: plain()[:-9],
        "cut in half": lambda _: plain()[:half],
        "only an index": lambda _: without_index(plain())[0] + without_index(plain())[2],
        "no time at all": lambda _: changed(
            changed(plain(), b"mdhd", 16, b"\0" * 4), b"stts", 8, b"\0\0\0\x0c\0\0\0\0"
        ),
        "no scale of time": lambda _: changed(plain(), b"mdhd", 12, b"\0" * 4),
        "a thousand million frames a second": lambda _: changed(
            changed(plain(), b"mdhd", 12, struct.pack(">I", 10**9)), b"stts", 12, struct.pack(">I", 1)
        ),
        "136 years": lambda _: changed(plain(), b"stts", 12, b"\x7f\xff\xff\xff"),
        "pictures of 16,384 x 16,384": lambda _: changed(plain(), b"avc1", 24, b"\x40\0\x40\0"),
        "a track of 65,535 x 65,535": lambda _: changed(plain(), b"tkhd", 76, b"\xff\xff\0\0\xff\xff\0\0"),
        "a hundred tracks": lambda _: many_tracks(100),
        "four thousand million sizes": lambda _: changed(plain(), b"stsz", 8, b"\xff\xff\xff\xff"),
        "four thousand million times": lambda _: changed(plain(), b"stts", 4, b"\xff\xff\xff\xff"),
        "four thousand million places": lambda _: changed(plain(), b"stco", 4, b"\xff\xff\xff\xff"),
        "places behind the end": lambda _: changed(plain(), b"stco", 8, b"\xff\xff\xff\xff"),
        "a box of no end": lambda _: plain()[:40] + box(b"mdat", size=0) + plain()[40:],
        "a box shorter than its name": lambda _: box(b"ftyp", b"isom", size=3) + plain(),
        "a box of 2**63 bytes": lambda _: box(b"ftyp", b"isom\0\0\0\0") + box(b"moov", b"\x7f" + b"\xff" * 7, size=1),
        "boxes in boxes": lambda _: b"".join(box(b"moov", size=8 * (4000 - step)) for step in range(4000)),
        "an index that is packed": lambda _: (
            box(b"ftyp", b"qt  \0\0\0\0")
            + box(b"moov", box(b"cmov", box(b"dcom", b"zlib") + box(b"cmvd", struct.pack(">I", 2**30) + bomb(2**30))))
        ),
        "an index that is encrypted": lambda _: plain().replace(b"avc1", b"encv"),
        "edits without end": lambda _: edited([(1, 0)] * 20_000),
        "edits that go back": lambda _: edited([(500, 400), (500, -1), (500, 0), (2**31 - 1, 2**31 - 1)]),
        "edits before the beginning": lambda _: edited([(500, -(2**31))]),
        "more edits than there are": lambda _: edited([(500, 0)], count=2**32 - 1),
        "empty fragments": lambda _: plain() + box(b"moof", box(b"mfhd", b"\0" * 8)) * 20_000,
        "a cover that is a bomb": lambda _: grown(
            plain(),
            [b"moov"],
            box(
                b"udta",
                box(
                    b"meta",
                    b"\0" * 4 + box(b"ilst", box(b"covr", box(b"data", b"\0\0\0\x0e\0\0\0\0" + pattern("PNG")))),
                ),
            ),
        ),
        "only sound": lambda _: plain().replace(b"vide", b"soun"),
        "pictures that change size": lambda _: clip(frames=3) + clip(frames=3, size=(640, 480)),
    }


def _broken_otherwise() -> dict[str, Maker]:
    """The same in the other containers."""
    return {
        "webm cut off": lambda _: webm()[: len(webm()) // 2],
        "webm cut in its head": lambda _: webm()[:80],
        "matroska of an endless part": lambda _: EBML + ebml(SEGMENT, size=2**56 - 1) + video_track(b"V_VP8"),
        "matroska in matroska": lambda _: EBML + ebml(SEGMENT, size=2**40) * 3000,
        "matroska of 2**31 columns": lambda _: matroska(video_track(b"V_VP8", 2**31 - 1, 2**31 - 1)),
        "matroska of packed pictures": lambda _: matroska(
            video_track(b"V_UNCOMPRESSED", extra=ebml(0x6D80, ebml(0x6240, ebml(0x5034, ebml(0x4254, b"\0")))))
        ),
        "matroska with a bomb in its head": lambda _: matroska(
            video_track(b"V_MPEG4/ISO/AVC", extra=ebml(0x63A2, zlib.compress(b"\1\x64\0\x29" * 2**20)))
        ),
        "avi of no rate": lambda _: avi_of(b"MJPG", scale=0, rate=0),
        "avi of a hundred streams": lambda _: avi_of(b"MJPG", streams=100),
        "avi of 65,535 x 65,535": lambda _: avi_of(b"MJPG", width=65_535, height=65_535),
        "avi of a negative height": lambda _: avi_of(b"DIB ", height=-(2**31)),
        "avi of pictures of 50,000 x 50,000": lambda _: avi_of(b"MPNG", data=png(rows(), width=50_000, height=50_000)),
        "avi whose lists lie in lists": lambda _: b"RIFF\xff\xff\xff\x7fAVI " + b"LIST\xff\xff\xff\x7fhdrl" * 5000,
        "avi cut off": lambda _: avi()[: len(avi()) // 2],
    }


def _coded_otherwise() -> dict[str, Maker]:
    """Codecs and containers that are not read here, for all that was found in their readers."""
    codecs = {
        "magicyuv": b"M8RG", "magicyuv, ten bits": b"M0RG", "cinepak": b"cvid", "indeo": b"IV50", "vmware": b"VMnc",
        "techsmith": b"tscc", "blocks": b"ZMBV", "flash screen": b"FSV1", "smacker": b"SMK2", "lagarith": b"LAGS",
        "sheer": b"Shr0", "utvideo": b"ULRG",
    }  # fmt: skip
    others: dict[str, Maker] = {
        f"avi coded as {name}": (lambda _, code=code: avi_of(code, data=b"MAGY" + b"\x20\0\0\0\7" + b"\xff" * 90))
        for name, code in codecs.items()
    }
    heads = {
        "mpegts": b"G@\0\x10" + b"\0" * 184,
        "mpeg": b"\0\0\1\xba" + b"\0" * 60,
        "flash": b"FLV\1\5\0\0\0\x09\0\0\0\0",
        "ogg": b"OggS\0\2" + b"\0" * 60,
        "nut": b"nut/multimedia container\0" + b"\0" * 60,
        "windows media": b"0&\xb2u\x8ef\xcf\x11\xa6\xd9\0\xaa\0b\xcel" + b"\0" * 60,
        "ivf": b"DKIF\0\0\x20\0VP80" + b"\0" * 60,
        "raw": b"YUV4MPEG2 W99999 H99999 F1:1\nFRAME\n",
    }
    others |= {f"container {name}": (lambda _, head=head: head) for name, head in heads.items()}
    others["magicyuv in matroska"] = lambda _: matroska(
        video_track(
            b"V_MS/VFW/FOURCC", extra=ebml(0x63A2, struct.pack("<IiiHH4s", 40, 64, 48, 1, 24, b"M8RG") + b"\0" * 20)
        )
    )
    others["magicyuv in quicktime"] = lambda _: plain().replace(b"avc1", b"M8RG")
    return others


ALL: dict[str, Maker] = {**_pointing(), **_broken(), **_broken_otherwise(), **_coded_otherwise()}
