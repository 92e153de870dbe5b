"""What of pip's output a person wants to see."""

BIG_DOWNLOAD_MEGABYTES = 10.0
# What pip says that helps nobody here.
HARMLESS = ("is ignored: it is ", "[notice]", "WARNING: Running pip as the 'root' user")


def shown_of_pip(line: str) -> str | None:
    """The part of pip's output that a person wants to see: large downloads and real warnings."""
    text = line.strip()
    if any(word in text for word in HARMLESS):
        return None
    if text.startswith(("WARNING:", "ERROR:", "error:")):
        return text
    if text.startswith("Downloading ") and text.endswith(")"):
        name, _, size = text.removeprefix("Downloading ").rpartition(" (")
        number, _, unit = size.removesuffix(")").partition(" ")
        if unit == "GB" or (unit == "MB" and float(number) >= BIG_DOWNLOAD_MEGABYTES):
            return f"downloading {name.rsplit('/', 1)[-1]}, {number} {unit}"
    return None


class LineByLine:
    """Prints the lines of pip that matter, as they become whole."""

    def __init__(self) -> None:
        self._rest = ""

    def __call__(self, text: str) -> None:
        """Take the next piece of output."""
        *lines, self._rest = (self._rest + text).split("\n")
        for line in lines:
            shown = shown_of_pip(line)
            if shown is not None:
                print(f"  {shown}", flush=True)
