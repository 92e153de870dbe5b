"""The words for labels: several for each, so that a model learns meanings and not one spelling."""

from generation.training.corpus.labels import BackgroundKind, CameraMove, Pattern, Shape, Speed, SpriteVerb

SPEED_ADJECTIVES: dict[Speed, tuple[str, ...]] = {
    Speed.SLOW: ("slow", "slow", "slow", "gentle", "gradual"),
    Speed.NORMAL: ("",),
    Speed.FAST: ("fast", "fast", "fast", "quick", "rapid"),
}
SPEED_ADVERBS: dict[Speed, tuple[str, ...]] = {
    Speed.SLOW: ("slowly", "slowly", "slowly", "gently", "gradually"),
    Speed.NORMAL: ("",),
    Speed.FAST: ("fast", "quickly", "rapidly"),
}
# A shake is not slow or fast but weak or strong.
SHAKE_ADJECTIVES: dict[Speed, tuple[str, ...]] = {
    Speed.SLOW: ("slight", "gentle"),
    Speed.NORMAL: ("",),
    Speed.FAST: ("strong", "violent"),
}
SHAKE_ADVERBS: dict[Speed, tuple[str, ...]] = {
    Speed.SLOW: ("slightly", "gently"),
    Speed.NORMAL: ("",),
    Speed.FAST: ("strongly", "violently"),
}

# Nouns: "slow <noun>".
CAMERA_NOUNS: dict[CameraMove, tuple[str, ...]] = {
    CameraMove.HOLD: ("static shot", "still camera", "static camera", "locked-off shot"),
    CameraMove.PAN_LEFT: ("pan left", "pan left", "pan to the left", "leftward pan"),
    CameraMove.PAN_RIGHT: ("pan right", "pan right", "pan to the right", "rightward pan"),
    CameraMove.TILT_UP: ("tilt up", "tilt up", "upward tilt"),
    CameraMove.TILT_DOWN: ("tilt down", "tilt down", "downward tilt"),
    CameraMove.ZOOM_IN: ("zoom in", "zoom in", "zoom-in", "push in"),
    CameraMove.ZOOM_OUT: ("zoom out", "zoom out", "zoom-out", "pull back"),
    CameraMove.ROLL_CLOCKWISE: ("roll clockwise", "clockwise roll", "clockwise camera roll"),
    CameraMove.ROLL_COUNTERCLOCKWISE: (
        "roll counterclockwise",
        "counterclockwise roll",
        "roll counter-clockwise",
        "anticlockwise roll",
    ),
    CameraMove.SHAKE: ("camera shake", "handheld shake", "shake"),
}
# Verbs: "the camera <verb> <slowly>", as (third person, continuous).
CAMERA_VERBS: dict[CameraMove, tuple[tuple[str, str], ...]] = {
    CameraMove.HOLD: (
        ("holds still", "holding still"),
        ("stays still", "staying still"),
        ("does not move", "standing still"),
    ),
    CameraMove.PAN_LEFT: (
        ("pans left", "panning left"),
        ("pans to the left", "panning to the left"),
        ("turns left", "turning left"),
    ),
    CameraMove.PAN_RIGHT: (
        ("pans right", "panning right"),
        ("pans to the right", "panning to the right"),
        ("turns right", "turning right"),
    ),
    CameraMove.TILT_UP: (("tilts up", "tilting up"), ("tilts upward", "tilting upward"), ("looks up", "looking up")),
    CameraMove.TILT_DOWN: (
        ("tilts down", "tilting down"),
        ("tilts downward", "tilting downward"),
        ("looks down", "looking down"),
    ),
    CameraMove.ZOOM_IN: (
        ("zooms in", "zooming in"),
        ("zooms in", "zooming in"),
        ("pushes in", "pushing in"),
        ("moves closer", "moving closer"),
    ),
    CameraMove.ZOOM_OUT: (
        ("zooms out", "zooming out"),
        ("zooms out", "zooming out"),
        ("pulls back", "pulling back"),
        ("moves away", "moving away"),
    ),
    CameraMove.ROLL_CLOCKWISE: (("rolls clockwise", "rolling clockwise"), ("rotates clockwise", "rotating clockwise")),
    CameraMove.ROLL_COUNTERCLOCKWISE: (
        ("rolls counterclockwise", "rolling counterclockwise"),
        ("rotates counterclockwise", "rotating counterclockwise"),
        ("rolls anticlockwise", "rolling anticlockwise"),
    ),
    CameraMove.SHAKE: (("shakes", "shaking"), ("trembles", "trembling")),
}

# "{colours}" is the palette's word; phrases that begin with "a" get "an" where the next word asks for it.
BACKGROUND_PHRASES: dict[BackgroundKind, tuple[str, ...]] = {
    BackgroundKind.LEAVES: (
        "a {colours} texture",
        "{colours} overlapping shapes",
        "{colours} pebbles and leaves",
        "a pile of {colours} shapes",
        "a {colours} forest floor",
    ),
    BackgroundKind.NOISE: (
        "{colours} clouds of noise",
        "a {colours} texture",
        "{colours} fog",
        "a rough {colours} surface",
    ),
    BackgroundKind.RIDGES: (
        "{colours} rock",
        "a {colours} relief",
        "{colours} mountains seen from above",
        "{colours} veins",
    ),
    BackgroundKind.CELLS: ("{colours} cells", "{colours} stones", "a {colours} mosaic", "{colours} cracked ground"),
    BackgroundKind.SKY: ("a {colours} sky", "{colours} clouds", "a {colours} sky with soft light"),
    BackgroundKind.SWIRLS: ("{colours} swirls", "{colours} marble", "a {colours} wavy pattern"),
    BackgroundKind.FRACTAL: ("a {colours} fractal", "{colours} crystals", "a glowing {colours} fractal"),
    BackgroundKind.LANDSCAPE: ("{colours} hills", "a {colours} landscape", "{colours} mountains under the sky"),
}

SHAPE_NOUNS: dict[Shape, tuple[str, ...]] = {
    Shape.BALL: ("ball", "ball", "sphere"),
    Shape.DISC: ("disc", "circle", "dot"),
    Shape.SQUARE: ("square", "box"),
    Shape.TRIANGLE: ("triangle",),
    Shape.STAR: ("star",),
    Shape.HEXAGON: ("hexagon",),
    Shape.RING: ("ring",),
    Shape.CROSS: ("cross",),
    Shape.HEART: ("heart",),
    Shape.DIAMOND: ("diamond",),
}
PATTERN_WORDS: dict[Pattern, str] = {
    Pattern.PLAIN: "",
    Pattern.STRIPED: "striped",
    Pattern.SPOTTED: "spotted",
    Pattern.CHECKERED: "checkered",
    Pattern.MARBLED: "marbled",
}
# As (third person, continuous); "{other}" is the colour it changes to, "{partner}" whom it passes.
SPRITE_VERBS: dict[SpriteVerb, tuple[tuple[str, str], ...]] = {
    SpriteVerb.STAND: (
        ("stands still", "standing still"),
        ("rests", "resting"),
        ("stays in place", "staying in place"),
    ),
    SpriteVerb.MOVE_LEFT: (
        ("moves left", "moving left"),
        ("moves to the left", "moving to the left"),
        ("slides left", "sliding left"),
    ),
    SpriteVerb.MOVE_RIGHT: (
        ("moves right", "moving right"),
        ("moves to the right", "moving to the right"),
        ("slides right", "sliding right"),
    ),
    SpriteVerb.MOVE_UP: (("moves up", "moving up"), ("rises", "rising"), ("floats up", "floating up")),
    SpriteVerb.MOVE_DOWN: (("moves down", "moving down"), ("sinks", "sinking"), ("floats down", "floating down")),
    SpriteVerb.BOUNCE: (("bounces", "bouncing"), ("bounces up and down", "bouncing up and down"), ("hops", "hopping")),
    SpriteVerb.FALL: (("falls", "falling"), ("falls down", "falling down"), ("drops", "dropping")),
    SpriteVerb.ORBIT: (
        ("circles around", "circling around"),
        ("orbits", "orbiting"),
        ("moves in a circle", "moving in a circle"),
    ),
    SpriteVerb.SPIN: (("spins", "spinning"), ("rotates", "rotating"), ("spins in place", "spinning in place")),
    SpriteVerb.GROW: (("grows", "growing"), ("gets bigger", "getting bigger"), ("grows larger", "growing larger")),
    SpriteVerb.SHRINK: (("shrinks", "shrinking"), ("gets smaller", "getting smaller")),
    SpriteVerb.RECOLOUR: (
        ("turns {other}", "turning {other}"),
        ("changes colour to {other}", "changing colour to {other}"),
        ("changes color to {other}", "changing color to {other}"),
    ),
    SpriteVerb.PASS_BEHIND: (
        ("passes behind {partner}", "passing behind {partner}"),
        ("goes behind {partner}", "going behind {partner}"),
        ("moves behind {partner}", "moving behind {partner}"),
    ),
    SpriteVerb.PASS_IN_FRONT: (
        ("passes in front of {partner}", "passing in front of {partner}"),
        ("goes in front of {partner}", "going in front of {partner}"),
        ("moves in front of {partner}", "moving in front of {partner}"),
    ),
}

UNCHANGED = ("nothing changes", "the same continues", "it goes on as before")
