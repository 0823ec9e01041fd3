"""The 47 prefectures, from north to south as ISO 3166-2:JP numbers them."""

PREFECTURES = {
    "hokkaido": ("Hokkaido", "北海道"),
    "aomori": ("Aomori", "青森県"),
    "iwate": ("Iwate", "岩手県"),
    "miyagi": ("Miyagi", "宮城県"),
    "akita": ("Akita", "秋田県"),
    "yamagata": ("Yamagata", "山形県"),
    "fukushima": ("Fukushima", "福島県"),
    "ibaraki": ("Ibaraki", "茨城県"),
    "tochigi": ("Tochigi", "栃木県"),
    "gunma": ("Gunma", "群馬県"),
    "saitama": ("Saitama", "埼玉県"),
    "chiba": ("Chiba", "千葉県"),
    "tokyo": ("Tokyo", "東京都"),
    "kanagawa": ("Kanagawa", "神奈川県"),
    "niigata": ("Niigata", "新潟県"),
    "toyama": ("Toyama", "富山県"),
    "ishikawa": ("Ishikawa", "石川県"),
    "fukui": ("Fukui", "福井県"),
    "yamanashi": ("Yamanashi", "山梨県"),
    "nagano": ("Nagano", "長野県"),
    "gifu": ("Gifu", "岐阜県"),
    "shizuoka": ("Shizuoka", "静岡県"),
    "aichi": ("Aichi", "愛知県"),
    "mie": ("Mie", "三重県"),
    "shiga": ("Shiga", "滋賀県"),
    "kyoto": ("Kyoto", "京都府"),
    "osaka": ("Osaka", "大阪府"),
    "hyogo": ("Hyogo", "兵庫県"),
    "nara": ("Nara", "奈良県"),
    "wakayama": ("Wakayama", "和歌山県"),
    "tottori": ("Tottori", "鳥取県"),
    "shimane": ("Shimane", "島根県"),
    "okayama": ("Okayama", "岡山県"),
    "hiroshima": ("Hiroshima", "広島県"),
    "yamaguchi": ("Yamaguchi", "山口県"),
    "tokushima": ("Tokushima", "徳島県"),
    "kagawa": ("Kagawa", "香川県"),
    "ehime": ("Ehime", "愛媛県"),
    "kochi": ("Kochi", "高知県"),
    "fukuoka": ("Fukuoka", "福岡県"),
    "saga": ("Saga", "佐賀県"),
    "nagasaki": ("Nagasaki", "長崎県"),
    "kumamoto": ("Kumamoto", "熊本県"),
    "oita": ("Oita", "大分県"),
    "miyazaki": ("Miyazaki", "宮崎県"),
    "kagoshima": ("Kagoshima", "鹿児島県"),
    "okinawa": ("Okinawa", "沖縄県"),
}
"""Code -> (English name without the long vowels' marks, as on road signs and tickets; Japanese name)."""


def prefecture_name(code: str, language: str) -> str:
    """The prefecture as a reader of 'en' or 'ja' knows it."""
    english, japanese = PREFECTURES[code]
    return japanese if language == "ja" else english
