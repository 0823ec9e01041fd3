"""Words by what they do in a text: praise, name a service, ask to be written to.

A trait is looked up by whole words of the folded text, and by phrases for what a word alone can't say and for Japanese,
which writes no spaces.
"""

from collections.abc import Iterable
from typing import NamedTuple


class Vocabulary(NamedTuple):
    """Whole words, and phrases that may stand anywhere."""

    words: frozenset[str]
    phrases: tuple[str, ...]
    ascii_phrases: tuple[str, ...]
    """Those of the phrases that a text of ASCII alone can hold."""


def _vocabulary(words: str, *phrases: str) -> Vocabulary:
    return Vocabulary(frozenset(words.split()), phrases, tuple(filter(str.isascii, phrases)))


PRAISE = _vocabulary(
    "thank thanks thx thankyou great nice good amazing awesome excellent wonderful helpful useful"
    " informative interesting impressive fantastic superb brilliant valuable marvelous fabulous"
    " insightful appreciate love loved enjoyed bookmarked спасибо отлично супер класс полезно интересно",
    "参考になり",
    "勉強になり",
    "素晴らし",
    "素敵",
    "すごい",
    "ありがとう",
    "楽しく",
    "応援",
    "感動",
    "わかりやす",
)
SERVICE = _vocabulary(
    "training course courses institute institutes coaching classes certification service services"
    " company companies agency agencies solution solutions developers development consultant consultants"
    " consultancy support repair marketing seo lawyer lawyers movers packers escorts rental helpline"
    " helpdesk assignment assignments homework essay essays dissertation placement outsourcing provider"
    " providers dealers supplier suppliers clinic software installation setup услуги компания агентство"
    " установка ремонт доставка",
    "customer care",
    "customer service",
    "phone number",
    "toll free",
    "サービス",
    "業者",
    "代行",
    "教室",
    "スクール",
    "買取",
    "専門店",
    "通販",
    "弊社",
    "セミナー",
    "塾",
)
CONTACT = _vocabulary(
    "whatsapp telegram wechat skype viber kik signal лс личку личные телеграм вотсап",
    "whats app",
    "t.me/",
    "wa.me/",
    "line id",
    "line登録",
    "line追加",
    "line@",
    "line:",
    "ライン登録",
    "公式line",
    "lineで",
    "dmで",
    "dmください",
    "カカオ",
)
VOCABULARIES = {
    "praise": PRAISE,
    "service": SERVICE,
    "contact": CONTACT,
}

# Too common to show that a reply has read its thread.
COMMON = frozenset(
    "about after again also always another because been before being both came come could does doing"
    " done down each even ever every from getting give going gone good great have having hello here into"
    " just keep kind know like little long look made make many maybe more most much must need never nice"
    " nothing only other over people please really same should since some something still such sure take"
    " than thank thanks that their them then there these they thing things think this those though time"
    " until very want well were what when where which while will with without would your yours это если"
    " есть быть было очень меня тебя если только можно тоже этот просто".split()
)


def says(vocabulary: Vocabulary, text: str, words: Iterable[str]) -> bool:
    """Whether a folded text with these words holds one of a vocabulary."""
    if not vocabulary.words.isdisjoint(words):
        return True
    phrases = vocabulary.ascii_phrases if text.isascii() else vocabulary.phrases
    return any(map(text.__contains__, phrases))


def telling(words: Iterable[str]) -> set[str]:
    """Those words that say what a text is about: not the short and common ones."""
    return {word for word in words if len(word) > (3 if word < "\u3040" else 1) and word not in COMMON}
