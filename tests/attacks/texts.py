"""What attackers and honest people write on the stage. None of it is what the shipped model learnt from."""

from __future__ import annotations

import random
import re

# Nothing in them shouts: a filter that reads words alone takes them for a member's experience.
SLY_ENGLISH = (
    "After three months of waiting I asked the people from the agency near the station, and they got my papers done"
    " in a week, so write to them before you lose more time with the office: http://{site}/papers"
)
SLY_JAPANESE = (
    "三か月も待たされたので駅前の事務所に相談したら一週間で書類が全部そろいました。"
    "役所で時間を無駄にする前にこちらから相談してみてください。 http://{site}/soudan"
)
QUIET = (
    "We had frozen pipes every January until my neighbour told me about the Yukiguni heating band,"
    " which keeps the whole"
    " bathroom dry and costs less than one visit of the plumber, so ask for it when you buy your kerosene"
)
BLUNT = (
    "Make 3,000 USD a week from your phone! No experience needed, guaranteed profit, our team helps you"
    " to start today."
    " Register now and get the first trading bonus: http://{site}/bonus"
)
BLUNT_JAPANESE = (
    "スマホだけで月収50万円!初心者でも簡単に稼げる副業です。今だけ無料、LINE登録はこちら http://{site}/line"
)
ADVERTISEMENTS = (
    BLUNT,
    BLUNT_JAPANESE,
    (
        "Replica handbags and watches, 1:1 quality, worldwide delivery in five days, 70% off only today:"
        " http://{site}/sale"
    ),
    (
        "Need help with your thesis? Our PhD writers deliver original essays in 6 hours, money back"
        " guaranteed http://{site}"
    ),
    "Lonely tonight? Hot girls in your city want to chat right now, no card needed, join free: http://{site}/chat",
)

# As far as a word can be told in Japanese: a run of one script, of two signs or three.
WORD = re.compile("https?://\\S+|[一-鿿]{1,2}|[ァ-ヶー]+|[ぁ-ん]{1,3}|[^\\s一-鿿ァ-ヶーぁ-ん]+")
OTHER_ENGLISH = "really soon Osaka friend quickly again happily yesterday somehow autumn".split()
OTHER_JAPANESE = "東京 急いで 友人 毎日 やっと 来月 電話 本当に".split()


def near_copy(template: str, number: int) -> str:
    """The template with a site of its own and one word in ten changed; the same for the same number."""
    draw = random.Random(f"{template}/{number}")
    is_japanese = "の" in template
    words = WORD.findall(template.format(site=f"{draw.choice('abcdefgh')}{number}-office.example"))
    plain = [place for place, word in enumerate(words) if not word.startswith("http")]
    for place in draw.sample(plain, max(1, len(plain) // 10)):
        words[place] = draw.choice(OTHER_JAPANESE if is_japanese else OTHER_ENGLISH)
    if not is_japanese:
        return " ".join(words)
    return "".join(f" {word}" if word.startswith("http") else word for word in words)


# First posts as newcomers really write them: in a hurry, with a link, angry, selling a bicycle, thanking nobody yet.
FIRST_POSTS = (
    (
        "Placed in Yurihama!",
        "Hi all! I got my placement yesterday: Yurihama in Tottori. Does anybody live near there? Is a car a must?",
    ),
    (
        "雪道の運転について",
        "はじめまして。来年の四月から石川県で働きます。雪道の運転が心配です。スタッドレスはいつ頃つけますか。",
    ),
    (
        "Working on a Saturday?",
        (
            "My school wants me to come in on Saturday for the culture festival and says there's no day off for"
            " it. Is that"
            " normal?"
        ),
    ),
    (
        "For sale: bicycle",
        (
            "Selling a mama-chari, three gears, basket slightly bent, new back tyre. 4,000 yen, pick up in"
            " Matsue before 20"
            " December."
        ),
    ),
    (
        "Which refund form?",
        (
            "The pension refund form is at https://www.nenkin.go.jp/international/index.html, but which of the"
            " two do I print?"
        ),
    ),
    (
        "今日の研修",
        "正直に言って、今日の研修にはがっかりしました。資料は去年のままで、質問する時間もありませんでした。皆さんの県はどうですか。",
    ),
    (
        "Gas company in Tsukuba",
        (
            "Does 029-555-0148 really reach the gas company? I have called four times about the hot water and"
            " nobody picks up."
        ),
    ),
    (
        "Landlord walks in",
        (
            "This is ridiculous!! Second time the landlord walks in without asking. What can I say to him in"
            " polite Japanese?"
        ),
    ),
    (
        "卵アレルギーと給食",
        "子どもが卵アレルギーです。給食の代わりに弁当を持たせたいのですが、学校にはどう伝えればいいでしょうか。",
    ),
    (
        "Vegetarian in winter",
        (
            "I'm vegetarian and my town has one supermarket. What do you all eat in winter, apart from tofu and"
            " more tofu?"
        ),
    ),
)
TWO_LINKS = (
    "I compared both: the ministry's page at"
    " https://www.moj.go.jp/isa/applications/procedures/16-3.html says that the"
    " extension can be filed three months ahead, and the city's page"
    " https://www.city.tottori.lg.jp/www/contents/visa.html"
    " says two. Which of them did your office go by?"
)
# An evening in the hotel where everybody arrives, on one network, within ten minutes.
ORIENTATION = (
    "Just landed, so tired. Is anybody else in the Keio Plaza hungry? I'm in the lobby until eight.",
    "Hello from room 2114! Group B, heading to Akita on Wednesday.",
    "Hi everyone, I'm going to Kagoshima. Is the Kagoshima embassy of ALTs here tonight?",
    "こんばんは。明日の研修の集合場所は何階でしょうか。案内の紙をなくしてしまいました。",
    "Can we really ship one suitcase to our prefecture for free or did I dream that part of the talk?",
    "Which adapter works for a laptop with three pins? The shop in the basement only has two-pin ones.",
    "Anyone up for ramen in Shinjuku after the reception? Meet at the south lift at 20:30.",
    "My contract says 'conditional', my friend's doesn't. Does yours?",
    "Shimane people! There's a group photo tomorrow at lunch, spread the word.",
    "I left my blue umbrella in the session about classroom English. If you have it, please write to me.",
    "How much cash did you bring? My bank card was just refused in the convenience store.",
    "島根県に行くイギリス人です。日本語はまだ下手ですが、よろしくお願いします。",
    "Is the wifi down for you too? Had to stand in the corridor to send this.",
    "First time in Japan, first job, first karaoke in an hour. What could go wrong?",
    "Does the train to Tottori need a seat reservation, and does my supervisor book that or do I?",
    "I'm the only one of my prefecture this year, it seems. Hello Saga, anybody?",
)
# Of one school, whose machines share an address with somebody who was rejected.
COLLEAGUES = (
    "The copier in our staff room only speaks Japanese. What does 両面 mean, and which button stops it?",
    "職員室でのお土産は、いつ配るのがよいのでしょうか。朝礼の前でしょうか、放課後でしょうか。",
    "Our third-years have their mock interviews next week. Which questions do you practise with them?",
)
# Written by a robot that has read nothing: it fits below everything.
FLATTERY = (
    "Great post! I really enjoyed reading this and I will surely come back for more. Keep up the good work.",
    "Thank you for sharing such valuable information. Your blog is very helpful and I have bookmarked it.",
    "Wow, this is a wonderful article. I have been looking for this kind of content everywhere. Thanks a lot admin.",
    "I am really impressed with your writing skills and also with the layout on your site. Nice job, keep it up!",
    "Very informative post. I appreciate your effort, it will help so many people. Waiting for your next article.",
    (
        "Excellent article, very well explained in simple words. I shared it with all my friends. Looking"
        " forward to more."
    ),
    "心に残る文章でした。書いた方の人柄が伝わってきます。次のお話も首を長くして待っております。",
    "これほど役に立つページは他にありません。友達全員に教えました。毎朝ここを開くのが日課です。",
    "This is my first time visiting here and I am happy to read everything in one place. Such a nice blog you have.",
    (
        "Good day, I found your website on Google and it is truly amazing. You have done a fantastic job"
        " with this topic."
    ),
)
# What people say who did read: as kind as flattery, and about something.
THANKS = (
    "Thank you, the tip about letting the tap drip worked. No frozen pipes this morning, for the first time.",
    "Really helpful, thanks! I bought the kerosene heater on Saturday and the kitchen is finally above ten degrees.",
    "ありがとうございます。水道管に布を巻いたら、今朝は凍りませんでした。暖房はこたつだけで何とかなりそうです。",
    "Thanks for this. Does the dripping also help when the pipes run along the outside wall of the house?",
)
LINK_FARMS = (
    (
        "Best online casino bonus http://lucky-slots.example buy cheap essays http://essay-king.example payday loans"
        " http://quick-loan.example replica watches http://watch-copy.example SEO services http://rank-first.example"
    ),
    (
        "We are the number one packers and movers in Bangalore. Visit [packers movers](http://movers-blr.example),"
        " [home shifting](http://shift-home.example), [car transport](http://car-move.example)."
    ),
    "ブランドコピー激安通販専門店 http://copy-shop.example スーパーコピー時計 http://n-kyu.example 財布 http://saifu.example",
)
HONEST_BIOS = (
    "ALT in Tottori since August. I cycle, I bake, and I keep a diary of it at https://hannah-in-tottori.example.",
    "米子市の国際交流員です。出身はカナダのモントリオール。山登りと古い喫茶店が好きです。",
)
OWNERS_POSTS = (
    "Sorry everybody, somebody had my password. I have a new one now and a second lock on the mailbox.",
    "Back to winter: wrap the outside tap in an old towel and a plastic bag, that got me through five of them.",
    "For what it's worth, kerosene is cheaper at the farmers' co-op than at the petrol station here.",
    "うちの町では、十二月の第一週に灯油の配達が始まります。電話一本で玄関まで来てくれます。",
    "The bus to the pass runs only three times a day from December; the paper timetable in the town hall is right.",
)
