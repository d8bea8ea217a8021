"""The language of a text: what the page declares, checked against the script that the text is written in."""

import re
from collections import Counter

_SCRIPTS = (
    ("kana", re.compile(r"[\u3041-\u30fa]+")),
    ("hangul", re.compile(r"[\uac00-\ud7a3]+")),
    ("han", re.compile(r"[\u3400-\u9fff]+")),
    ("cyrillic", re.compile(r"[\u0400-\u04ff]+")),
    ("arabic", re.compile(r"[\u0600-\u06ff]+")),
    ("hebrew", re.compile(r"[\u05d0-\u05ea]+")),
    ("greek", re.compile(r"[\u0370-\u03ff]+")),
    ("thai", re.compile(r"[\u0e01-\u0e5b]+")),
    ("devanagari", re.compile(r"[\u0900-\u097f]+")),
)
_LATIN = re.compile(r"[A-Za-z\u00c0-\u024f]+")
_WESTERN = re.compile(r"[\x00-\u036f\u2000-\u206f]+")
_SPOKEN = {
    "kana": ("ja",), "hangul": ("ko",), "han": ("zh", "ja", "yue"), "cyrillic": ("ru", "uk", "be", "bg", "sr", "mk", "kk", "mn",
    "ky", "tg"),
    "arabic": ("ar", "fa", "ur", "ug", "ps", "ckb", "ku"), "hebrew": ("he", "yi"), "greek": ("el",), "thai": ("th",),
    "devanagari": ("hi", "mr", "ne"),
}  # fmt: skip
_WORDS = {
    "en": "the and of to in that for is was with on said", "de": "der die und das den von nicht mit ist auf dem eine",
    "fr": "les des est une dans pour que qui sur pas avec du",
    "es": "los las del que para una con por como más pero fue", "pt": "não uma para com que dos mais como foi pelo são ao",
    "it": "della che per una del con non sono nel alla gli più",
    "nl": "het een van dat niet zijn voor met aan worden ook bij", "pl": "nie się jest przez oraz który dla jak tym jego po że",
    "tr": "bir ve bu için ile olarak daha olan gibi çok sonra kadar",
    "sv": "och att det som för inte med den till har kan av", "vi": "và của là các không được cho trong với những người một",
    "id": "yang dan di untuk dengan dari ini pada tidak dalam akan oleh",
}  # fmt: skip
_SETS = {tongue: frozenset(words.split()) for tongue, words in _WORDS.items()}


def _script(text: str) -> str:
    """The script of most letters; Japanese shows by its kana, however many ideographs there are."""
    rest = _WESTERN.sub("", text)
    counts = {name: len(rest) - len(pattern.sub("", rest)) if rest else 0 for name, pattern in _SCRIPTS}
    counts["latin"] = len(text) - len(_LATIN.sub("", text))
    if not any(counts.values()):
        return ""
    if counts["kana"] * 12 > counts["han"] and counts["kana"] > 3 and counts["han"] + counts["kana"] > counts["latin"] * 0.5:
        return "kana"
    return max(counts, key=lambda name: counts[name] * (3 if name == "han" else 1))


def language_of(text: str, declared: str = "") -> str | None:
    """The declared tag (BCP 47) when the text's script can carry it, else what the script says, else None."""
    tag = re.sub(r"_", "-", declared.strip())
    base = tag.split("-")[0].lower()
    script = _script(text[:4000])
    if base == "zh" and "-cmn" in tag.lower():
        tag = "zh"
    if not re.fullmatch(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}", tag):
        tag = base = ""
    if not script:
        return tag or None
    if script == "latin":
        return _latin(text[:4000], tag, base)
    spoken = _SPOKEN[script]
    return tag if base in spoken else spoken[0]


def _latin(text: str, tag: str, base: str) -> str | None:
    words = re.findall(r"[^\W\d_]{2,}", text.lower())
    counts = Counter(words)
    scores = {tongue: sum(counts[word] for word in known if word in counts) for tongue, known in _SETS.items()}
    best = max(scores, key=lambda tongue: scores[tongue])
    foreign = base in {one for many in _SPOKEN.values() for one in many}
    if tag and not foreign and (scores[best] < 0.06 * len(words) or scores.get(base, scores[best]) * 3 >= scores[best]):
        return tag
    return best if scores[best] >= max(2, 0.05 * len(words)) else (None if foreign else tag or None)
