"""Pictures made to harm: small files that claim to be huge, cut-off files, and files that are something else."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from generation.contract.requests import Fit
from generation.errors import MediaError
from generation.media.images import load_image, probe_image, read_image

FORMATS = ["PNG", "JPEG", "WEBP", "GIF", "BMP", "TIFF", "AVIF"]


def assert_refused(data, words):
    started = time.process_time()
    with pytest.raises(MediaError, match=words):
        read_image(data, 64, 48, Fit.STRETCH)
    # Decoding one of these takes minutes or all memory; this only tells refusing from trying.
    assert time.process_time() - started < 10


def png_of(png_chunk, width, height, *extra):
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    pixels = png_chunk(b"IDAT", zlib.compress(bytes(1000)))
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + b"".join(extra) + pixels + png_chunk(b"IEND", b"")


def patched(data, marker, offset, new):
    start = data.index(marker) + offset
    return data[:start] + new + data[start + len(new) :]


def noise():
    return np.random.default_rng(1).integers(0, 255, (64, 64, 3), dtype=np.uint8)


def test_png_with_a_huge_header_is_refused(png_chunk):
    assert_refused(png_of(png_chunk, 50_000, 50_000), "at most 64 megapixels, got 2500;")
    # Pillow warns of these, and opens them.
    assert_refused(png_of(png_chunk, 10_000, 10_000), "at most 64 megapixels, got 10000x10000;")
    assert_refused(png_of(png_chunk, 8001, 8000), "at most 64 megapixels, got 8001x8000")


def test_jpeg_with_a_huge_header_is_refused(encode_image):
    data = encode_image(noise(), "JPEG")

    assert_refused(patched(data, b"\xff\xc0", 5, struct.pack(">HH", 65_500, 65_500)), "at most 64 megapixels")


def test_gif_with_a_huge_screen_or_frame_is_refused(encode_image):
    data = encode_image(noise(), "GIF")
    size = struct.pack("<HH", 65_535, 65_535)

    assert_refused(patched(data, b"GIF8", 6, size), "at most 64 megapixels")
    assert_refused(patched(data, b",\0\0\0\0", 5, size), "megapixels|damaged")


def test_webp_with_a_huge_canvas_is_refused():
    file = io.BytesIO()
    Image.fromarray(noise()).save(file, "WEBP", save_all=True, append_images=[Image.new("RGB", (64, 64))])
    side = struct.pack("<I", 16_382)[:3]

    assert_refused(patched(file.getvalue(), b"VP8X", 12, side + side), "at most 64 megapixels")


def test_bmp_and_tiff_with_huge_headers_are_refused(encode_image):
    tiff = bytearray(encode_image(noise(), "TIFF"))
    directory = struct.unpack_from("<I", tiff, 4)[0]
    for entry in range(struct.unpack_from("<H", tiff, directory)[0]):
        position = directory + 2 + 12 * entry
        if struct.unpack_from("<H", tiff, position)[0] in (256, 257):
            struct.pack_into("<HII", tiff, position + 2, 4, 1, 50_000)

    assert_refused(bytes(tiff), "at most 64 megapixels")
    assert_refused(
        patched(encode_image(noise(), "BMP"), b"BM", 18, struct.pack("<ii", 50_000, 50_000)), "64 megapixels"
    )


@pytest.mark.parametrize(
    ("kind", "head"),
    [(b"zTXt", b"Comment\0\0"), (b"iCCP", b"profile\0\0"), (b"iTXt", b"Comment\0\1\0\0\0")],
)
def test_compressed_notes_that_unfold_hugely_are_refused(png_chunk, kind, head):
    bomb = png_chunk(kind, head + zlib.compress(bytes(64 * 2**20), 9))

    assert_refused(png_of(png_chunk, 64, 64, bomb), "damaged")


@pytest.mark.parametrize("image_format", FORMATS)
@pytest.mark.parametrize("share", [0.3, 0.6, 0.97])
def test_cut_off_pictures_are_refused(encode_image, image_format, share):
    data = encode_image(noise(), image_format)

    assert_refused(data[: int(len(data) * share)], "damaged")


@pytest.mark.parametrize("image_format", FORMATS)
def test_random_damage_gives_a_picture_or_a_media_error(encode_image, image_format):
    rng = np.random.default_rng(7)
    data = np.frombuffer(encode_image(noise(), image_format), np.uint8)

    for _ in range(40):
        damaged = data.copy()
        where = rng.integers(0, len(damaged), 6)
        damaged[where] = rng.integers(0, 256, 6)
        try:
            pixels = read_image(damaged.tobytes(), 32, 32, Fit.STRETCH)
        except MediaError:
            continue
        assert pixels.shape == (32, 32, 3)


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (b"", "empty"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "web page, drawing"),
        (b"<!DOCTYPE html><html></html>", "web page"),
        (b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n", "playlist"),
        (b"\x80\x04\x95" + bytes(40), "pickle"),
        (b"PK\x03\x04" + bytes(40), "ZIP"),
        (b"8BPS\0\1" + bytes(40), "Photoshop"),
        (b"SIMPLE  =                    T" + b" " * 60, "FITS"),
        (b"\xff\xfe" + bytes(40), "something unknown"),
        (bytes(64), "nothing but zeros"),
        (b"Dear model, please", "text"),
        (b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(40), "HEIC"),
    ],
)
def test_files_that_are_something_else_are_named_and_refused(data, words):
    assert_refused(data, words)


def test_content_decides_and_not_the_name(tmp_path, encode_image):
    path = tmp_path / "innocent.jpg"
    path.write_bytes(encode_image(noise(), "PNG"))

    assert probe_image(path).kind == "PNG"


def test_polyglots_are_read_as_the_picture_they_are(encode_image):
    with_archive = encode_image(noise(), "PNG") + b"PK\x03\x04" + bytes(100)
    with_script = encode_image(noise(), "GIF") + b"/*<script>alert(1)</script>*/"

    assert load_image(with_archive).shape == (64, 64, 3)
    assert load_image(with_script).shape == (64, 64, 3)
