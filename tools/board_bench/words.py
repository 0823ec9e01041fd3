"""What the generated archive is written with: places, subjects, sentences, English and Japanese.

A sentence may hold {place}, {subject}, {few} (2 to 9) and {yen}, which `corpus` fills in.
"""

from __future__ import annotations

from typing import NamedTuple


class Shelf(NamedTuple):
    """A board of the archive."""

    slug: str
    name: str
    description: str


BOARDS = (
    Shelf("news", "News", "What changes, and when."),
    Shelf("applying", "Applying", "Statements, interviews, waiting for the mail."),
    Shelf("teaching", "Teaching", "Lessons, games, clubs, colleagues."),
    Shelf("coordinating", "Coordinating", "Translations, guests from abroad, sports days."),
    Shelf("paperwork", "Paperwork", "Cards, stamps, counters, taxes."),
    Shelf("country", "Country life", "Cars, stoves, snow, boars in the garden."),
    Shelf("city", "City life", "Last trains and thin walls."),
    Shelf("trips", "Trips", "Where to go, and what it costs."),
    Shelf("nihongo", "日本語", "日本語で話しましょう。"),
    Shelf("later", "Afterwards", "Going home, staying on, coming back."),
)
NAMES = (
    "anna bertie carys daisuke ellen fumiko gareth hiromi ingrid joji keiko lorna masato nell osamu phoebe ryota "
    "saoirse tomoko una vikram wakana yusuke zadie"
).split()
PLACES = (
    "Wakkanai Asahikawa Hachinohe Yokote Tono Yonezawa Sado Takaoka Hakui Obama Takayama Ina Numazu Owase Maizuru "
    "Totsukawa Tsuyama Yonago Onomichi Hagi Uwajima Shimanto Karatsu Hirado Aso Beppu Nobeoka Makurazaki Yakushima "
    "Miyakojima"
).split()
SUBJECTS = (
    "the stove",
    "the neighbourhood association",
    "my residence card",
    "winter tyres",
    "the pension refund",
    "the school festival",
    "a second-hand bicycle",
    "the water meter",
    "co-teaching",
    "the farewell speech",
    "the health check",
    "a parcel from home",
    "the contract renewal",
    "mould in the cupboard",
    "the drinking party",
    "the driving test",
    "the resident tax",
    "the English club",
)
TITLES = (
    "What do you do about {subject}?",
    "{place}: {subject}, anybody?",
    "A short guide to {subject}",
    "Moving to {place} in {few} weeks",
    "Is {subject} always like this?",
    "{place} on {yen} yen",
    "Lost in {place} with {subject}",
    "{place}での暮らしについて",
    "{subject}のことで困っています",
    "{place}のおすすめの店",
)
ENGLISH = (
    "When I came to {place}, {subject} was the last thing on my mind.",
    "Ask at the town hall first, for they know more about {subject} than any page on the net.",
    "I paid {yen} yen, and a friend in {place} paid half of that.",
    "It took {few} visits and one very patient clerk.",
    "My supervisor wrote it down for me, and I still keep the note.",
    "Nobody at school had heard of {subject} before I asked.",
    "In {place} the shop closes at {few} in the afternoon.",
    "You can send the papers by post, but then wait {few} weeks.",
    "The older teachers say that it was worse in their time.",
    "I'd rather walk through the snow than do that again.",
    "Take somebody along who reads kanji quickly.",
    "The rules for {subject} changed in spring, so older answers may be wrong.",
    "That is how it works here; your prefecture may differ.",
    "We tried it with the third-years and they laughed for {few} minutes.",
    "Bring cash, a pen that doesn't smear, and something to read.",
    "Thanks to everybody in this thread, it is done at last.",
    "For {subject} I would write to the board of education and wait.",
    "There is one bus in the morning and one back, and both are early.",
    "My predecessor left {few} pages of notes, and the one about {subject} was missing.",
    "In {place} everybody does it on the last Friday, so go on a Tuesday.",
    "It says otherwise in the handbook, but the handbook was written for {place}.",
    "If the phone frightens you, fax works, and nobody will laugh.",
    "I got {yen} yen back after {few} months and bought a heater with it.",
    "Somebody from the prefecture came by, looked at {subject}, and drank tea with us.",
    "Keep every receipt, even the one from the vending machine in {place}.",
    "Our neighbour grows daikon and has an opinion on {subject}.",
)
JAPANESE = (
    "先月{place}に引っ越してきました。",
    "役場の方がとても丁寧に説明してくれました。",
    "全部で{yen}円ぐらいかかりました。",
    "冬になると道が凍るので、早めに出た方がいいです。",
    "同じ学校の先生に聞いてみたらどうでしょうか。",
    "書類は{few}枚必要でした。",
    "私も最初は分からないことばかりでした。",
    "詳しい方がいらっしゃったら、教えてください。",
    "{place}の方言はまだ難しいです。",
    "みなさんのおかげで無事に終わりました。ありがとうございます。",
    "バスは一日に{few}本しかないので、車があると便利です。",
    "窓口では英語が通じませんでしたが、筆談で何とかなりました。",
)
LINKS = (
    "[the form](https://example.org/forms/{few})",
    "https://example.net/{place}/timetable",
    "[a map](https://example.com/map?zoom={few}&place={place})",
)
THINGS = (
    "both sides of the card, copied",
    "a stamp (印鑑)",
    "{yen} yen",
    "a photograph, {few} cm high",
    "slippers",
    "the blue form",
    "sweets for the office",
)
