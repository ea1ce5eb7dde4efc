"""Words by which a column of a file is known without a title: given names and cities, in Persian and Latin letters.

Not complete and not meant to be: a column counts when a good part of its cells is known.
"""

from __future__ import annotations

from peyvand.foundation.text.keys import fa_key


def _keys(words: str) -> frozenset[str]:
    return frozenset(fa_key(word.replace("_", " ")) for word in words.split())


GIVEN_NAMES = _keys(
    """
    آرش آرمان آرمین آرین آزاده آیدا ابراهیم ابوالفضل احسان احمد اردشیر اردلان اسماعیل اشکان اصغر اعظم افسانه
    افشین اکبر الناز الهام الهه امیر امیرحسین امیرعلی امین امید ایرج ایمان بابک باران بهار بهاره بهرام بهروز
    بهزاد بهمن بهناز بهنام بهنوش بیتا بیژن پرستو پروانه پرویز پروین پریسا پریناز پگاه پوریا پویا پیام پیمان
    ترانه ثریا جعفر جلال جمال جمشید جواد حامد حبیب حدیث حسام حسن حسین حمید حمیدرضا حمیده خاطره خدیجه خسرو داریوش
    داود درسا دنیا رؤیا راضیه رامین رحمان رحیم رسول رضا رقیه رکسانا روزبه روح‌الله ریحانه زهرا زهره زینب ژاله
    ژیلا سارا ساسان سامان سامیه ساناز سپهر سپیده ستاره سجاد سحر سعید سعیده سکینه سمانه سمیه سمیرا سهراب سهیل
    سهیلا سوسن سوگند سیامک سیاوش سیدعلی سیما سینا شادی شاهین شبنم شراره شقایق شهاب شهرام شهره شهریار شهلا شهناز
    شیرین شیوا صادق صالح صبا صغری صفورا طاهره طیبه عارف عاطفه عباس عبدالله عرفان عزیز عسل عطیه علی علیرضا عماد
    عیسی غزاله غزل غلامحسین غلامرضا فائزه فاطمه فتانه فرامرز فرخ فرزاد فرزانه فرشاد فرشته فرشید فرناز فرهاد فروغ
    فریبا فریبرز فرید فریدون فهیمه قاسم کاظم کامبیز کامران کاوه کبری کتایون کریم کوروش کیان کیانوش کیمیا کیوان
    گلناز لاله لیدا لیلا مائده ماهان مبینا مجتبی مجید محبوبه محدثه محسن محمد محمدامین محمدحسین محمدرضا محمدعلی
    محمدمهدی محمود مرتضی مرجان مرضیه مریم مژگان مسعود مسلم مصطفی معصومه ملیکا ملیحه منصور منصوره منوچهر منیژه
    مهتاب مهدی مهدیه مهران مهرداد مهرناز مهسا مهشید مهناز مهیار موسی میترا میثم میلاد مینا نازنین نازی ناصر
    ناهید نادر نجمه نرگس نسترن نسرین نغمه نگار نگین نوید نوشین نیلوفر نیما هاجر هادی هاشم هانیه هدی هستی همایون
    هومن وحید ولی یاسر یاسمن یاسین یاشار یحیی یعقوب یوسف یونس abbas adam ahmad ahmed alex alexander alfred ali
    alice alireza amir amy andrea andreas andrew anna anne anthony arash arthur babak barbara behnam behrouz ben
    benjamin brian carlos carol caroline catherine charles charlotte chris christian christine christopher
    claire clara claudia daniel david deborah diana dorothy edward elena elizabeth ella emily emma eric eva
    farhad fatemeh fatima florence frank gabriel george hamed hamid hamidreza hannah hassan helen henry hossein
    hussein ian ibrahim isabel jack jacob james jan jane jason javad jean jennifer jessica joan joe johann john
    jonathan jose joseph juan julia karen kate katherine kaveh kevin lars laura leila leo linda lisa louis lucas
    lucy maria marie mark martin mary maryam masoud matthew max mehdi mehran michael mina mohammad mohammed
    mohsen mona monica nasrin neda nicholas nicole nima niloufar olivia omar pablo pamela parisa patricia
    patrick paul pedro peter philip rachel rebecca reza richard robert roger rosa ruth ryan saeed sam samuel
    sandra sara sarah scott sepideh shirin simon sofia sophie stephen steven susan thomas tim tom vahid victor
    victoria william yousef zahra zoe
    """
)
CITIES = _keys(
    """
    تهران مشهد اصفهان کرج شیراز تبریز قم اهواز کرمانشاه ارومیه رشت زاهدان همدان کرمان یزد اردبیل بندرعباس اراک
    اسلامشهر زنجان سنندج قزوین خرم‌آباد گرگان ساری شهریار قدس دزفول کاشان ملارد نیشابور بابل خمینی‌شهر سبزوار
    آمل پاکدشت نجف‌آباد بروجرد آبادان قرچک بجنورد ورامین بوشهر ساوه قائم‌شهر بیرجند سیرجان خوی ایلام بوکان
    شهرکرد سمنان فردیس ملایر مهاباد شاهرود مرودشت مراغه بندر_انزلی لاهیجان تربت_حیدریه یاسوج جهرم میاندوآب
    شاهین‌شهر ماهشهر مرند رفسنجان بهبهان اندیمشک دماوند چالوس نوشهر رامسر تنکابن لنگرود آستارا فومن رودسر کیش
    قشم بم جیرفت میبد اردکان تفت گنبدکاووس بابلسر نکا بهشهر تاکستان ابهر الوند هشتگرد اندیشه پرند پردیس
    رباط‌کریم شهرری کهریزک لواسان فسا داراب لار کازرون برازجان گناوه استانبول دبی بغداد نجف کربلا بیروت دمشق
    کابل هرات ایروان باکو تفلیس مسقط دوحه کویت لندن پاریس برلین هامبورگ فرانکفورت مونیخ وین رم میلان مادرید
    آمستردام بروکسل ژنو زوریخ استکهلم مسکو پکن توکیو نیویورک تورنتو ونکوور سیدنی tehran mashhad isfahan esfahan
    karaj shiraz tabriz qom ahvaz ahwaz kermanshah urmia rasht zahedan hamadan hamedan kerman yazd ardabil
    bandar_abbas arak zanjan sanandaj qazvin gorgan sari kashan bushehr birjand semnan ilam istanbul ankara
    dubai abu_dhabi baghdad beirut damascus cairo doha kuwait muscat riyadh kabul yerevan baku tbilisi london
    manchester birmingham leeds liverpool glasgow edinburgh bristol dublin paris lyon marseille berlin hamburg
    munich frankfurt cologne stuttgart vienna zurich geneva basel bern rome milan naples turin madrid barcelona
    valencia lisbon porto amsterdam rotterdam brussels antwerp copenhagen stockholm göteborg gothenburg oslo
    helsinki warsaw krakow prague budapest bucharest sofia athens moscow kyiv minsk riga vilnius tallinn
    new_york los_angeles chicago houston boston washington seattle miami dallas atlanta toronto montreal
    vancouver sydney melbourne tokyo osaka seoul beijing shanghai hong_kong singapore delhi mumbai bangalore
    karachi lahore jakarta manila bangkok sao_paulo rio_de_janeiro
    """
)
FAMILY_ENDS = (
    "ی", "یان", "پور", "زاده", "نژاد", "نیا", "فر", "راد", "وند", "منش", "خواه", "دوست", "پناه",
    "i", "ian", "pour", "poor", "zadeh", "nejad", "nia", "far", "rad", "vand", "son", "sen", "ski", "berg", "mann",
)  # fmt: skip
