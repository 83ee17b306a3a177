"""Inviting people to a walk: for whom, in which languages, and with which words (domain brief, 2.1, 2.2 and 6.2).

The texts are content and not user interface: each language stands here whole, so that a text is read as one text. Swedish
is the source; the others say the same, not more. Arabic and Somali should be read by somebody who speaks them at home
before they are put up on a wall, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from app.domain.words import N_

AUDIENCES: Final[Mapping[str, str]] = {
    "residents": N_("Boende"),
    "associations": N_("Föreningar"),
    "owners": N_("Fastighetsägare"),
    "police": N_("Kommunpolis"),
    "politicians": N_("Beslutsfattare"),
    "school": N_("Skola och unga"),
}
CHANNELS: Final[Mapping[str, str]] = {
    "mail": N_("E-post"),
    "poster": N_("Affisch"),
    "stairwell": N_("Trappuppgång"),
    "school": N_("Skola"),
    "association": N_("Förening"),
    "social_media": N_("Sociala medier"),
}
PERSPECTIVE_COUNTS: Final[Mapping[str, str]] = {
    "women": N_("Kvinnor"),
    "men": N_("Män"),
    "young": N_("Unga under 25 år"),
    "seniors": N_("65 år eller äldre"),
    "disability": N_("Personer med funktionsnedsättning"),
}
ROLES: Final[Mapping[str, str]] = {
    "residents": N_("Jag bor här"),
    "associations": N_("Jag kommer från en förening"),
    "owners": N_("Jag kommer från en fastighetsägare"),
    "municipality": N_("Jag arbetar i kommunen"),
    "police": N_("Jag kommer från polisen"),
    "politicians": N_("Jag är förtroendevald"),
    "others": N_("Annat"),
}
GROUP_MAX: Final = 10
PEOPLE_MAX_AT_ONCE: Final = 12
CONTACT_KEPT_DAYS: Final = 30
"""An address is forgotten so many days after the feedback meeting."""


@dataclass(frozen=True)
class Language:
    """A language of invitations: its own name, its code for dates, whether it runs from right to left, whether to have it read."""

    name: str
    dates: str
    right_to_left: bool = False
    ask_a_reader: bool = False


LANGUAGES: Final[Mapping[str, Language]] = {
    "sv": Language("Svenska", "sv"),
    "sv@easy": Language("Lätt svenska", "sv"),
    "en": Language("English", "en"),
    "ar": Language("العربية", "ar", right_to_left=True, ask_a_reader=True),
    "so": Language("Soomaali", "so", ask_a_reader=True),
}


@dataclass(frozen=True)
class Words:
    """An invitation's parts: heading, body with its facts, one sentence per audience, and the words of the poster."""

    heading: str
    body: str
    when: str
    where: str
    sign_up: str
    for_whom: Mapping[str, str]


TEXTS: Final[Mapping[str, Words]] = {
    "sv": Words(
        heading="Välkommen på trygghetsvandring i %(district)s",
        body="Vi går tillsammans och tittar på platser som känns otrygga och platser som fungerar bra. Efteråt fikar vi "
        "och pratar om vad som behöver göras. Det tar ungefär %(minutes)s minuter. Din upplevelse räknas. Du behöver inte "
        "kunna något i förväg. Protokollet blir offentligt. I det står antal, aldrig namn.",
        when="När", where="Var vi möts", sign_up="Anmäl dig",
        for_whom={
            "residents": "Du som bor här vet bäst hur det är att gå hem på kvällen.",
            "associations": "Er förening rör sig i området. Kom gärna två eller tre.",
            "owners": "Vi går förbi mark och belysning som ni äger. Beslutet om er mark är ert, och vi vill gärna att ni ser det vi ser.",
            "police": "Vi vill gärna ha med kommunpolisen som lyssnar och svarar på frågor.",
            "politicians": "Vi vill ha med er som beslutar. Åtgärderna behöver er.",
            "school": "Ni som går till skolan här ser annat än vuxna. Kom med en kompis eller en lärare.",
        },
    ),
    "sv@easy": Words(
        heading="Kom och gå med oss i %(district)s",
        body="Vi går en promenad. Vi tittar på platser ute. Vissa platser känns otrygga. Andra känns bra. Vi vill veta vad "
        "du tycker. Sedan fikar vi inne. Allt tar ungefär %(minutes)s minuter. Det är gratis. Vi skriver inte ditt namn.",
        when="När", where="Här möts vi", sign_up="Säg att du kommer",
        for_whom={
            "residents": "Du bor här. Du vet hur det är.",
            "associations": "Ni är en förening. Kom gärna två eller tre personer.",
            "owners": "Ni äger mark eller lampor här. Kom och se.",
            "police": "Vi vill att polisen är med och lyssnar.",
            "politicians": "Ni bestämmer. Kom och se.",
            "school": "Du går i skolan här. Ta med en kompis.",
        },
    ),
    "en": Words(
        heading="Join a safety walk in %(district)s",
        body="We walk together and look at places that feel unsafe and places that work well. Afterwards we have coffee and "
        "talk about what needs doing. It takes about %(minutes)s minutes. Your experience counts. You need to know nothing "
        "beforehand. The record is public. It has numbers in it, never names.",
        when="When", where="Where we meet", sign_up="Sign up",
        for_whom={
            "residents": "You live here and know best what it is like to walk home in the evening.",
            "associations": "Your association moves about in the area. Please come, two or three of you.",
            "owners": "We pass land and lighting that you own. What is done on your land is yours to decide, and we would like you to see what we see.",
            "police": "We would like the local police to join, to listen and to answer questions.",
            "politicians": "We want those who decide to be there. The measures need you.",
            "school": "You who go to school here see other things than adults do. Bring a friend or a teacher.",
        },
    ),
    "ar": Words(
        heading="ندعوكم إلى جولة أمان في %(district)s",
        body="نمشي معًا وننظر إلى الأماكن التي لا نشعر فيها بالأمان والأماكن الجيدة. بعد ذلك نشرب القهوة ونتحدث عما يجب عمله. "
        "تستغرق الجولة حوالي %(minutes)s دقيقة. تجربتك مهمة. لا تحتاج إلى معرفة مسبقة. المحضر علني، وفيه أعداد فقط وليس أسماء.",
        when="متى", where="مكان اللقاء", sign_up="سجّل حضورك",
        for_whom={
            "residents": "أنت تسكن هنا وتعرف أكثر من غيرك كيف هو المشي إلى البيت مساءً.",
            "associations": "جمعيتكم تنشط في المنطقة. يسعدنا حضور شخصين أو ثلاثة منكم.",
            "owners": "نمر بأرض وإنارة تملكونها. القرار بشأن أرضكم لكم، ونود أن تروا ما نراه.",
            "police": "نود أن تشارك الشرطة المحلية لتستمع وتجيب عن الأسئلة.",
            "politicians": "نريد حضور من يتخذون القرارات. التدابير تحتاج إليكم.",
            "school": "أنتم الذين تذهبون إلى المدرسة هنا ترون أشياء أخرى. أحضر صديقًا أو معلمًا.",
        },
    ),
    "so": Words(
        heading="Ku soo dhawoow socodka badqabka ee %(district)s",
        body="Waan wada soconaynaa waxaana eegaynaa goobaha aan ammaan laga dareemin iyo goobaha wanaagsan. Ka dib waxaan "
        "cabnaa kafee oo ka hadalnaa waxa la qabanayo. Waxay qaadanaysaa qiyaastii %(minutes)s daqiiqo. Waayo-aragnimadaadu "
        "way muhiim tahay. Wax hore uma baahnid inaad taqaan. Qoraalku waa u furan yahay dadweynaha. Tiro ayaa ku qoran, magac ma aha.",
        when="Goorma", where="Halka aan ku kulanno", sign_up="Isdiiwaangeli",
        for_whom={
            "residents": "Adigu halkan ayaad deggan tahay, adigaana ugu garanaya sida ay tahay in guriga loo lugeeyo habeenkii.",
            "associations": "Ururkiinnu wuxuu ka shaqeeyaa xaafadda. Fadlan laba ama saddex ka kaalaya.",
            "owners": "Waxaan maraynaa dhul iyo nal aad leedihiin. Go'aanka dhulkiinnu waa kiinna, waxaanse jeclaan lahayn inaad aragtaan waxa aan aragno.",
            "police": "Waxaan jeclaan lahayn in booliska deegaanku nala socdo, dhegaysto oo su'aalaha ka jawaabo.",
            "politicians": "Waxaan rabnaa kuwa go'aanka gaara. Tallaabooyinku idinkay idiin baahan yihiin.",
            "school": "Idinka dugsiga halkan dhigta waxaad aragtaan wax kale. Keen saaxiib ama macallin.",
        },
    ),
}  # fmt: skip


def groups_wanted(people: int) -> int:
    """Return into how many groups so many people are best divided: at most ten in each."""
    return max(-(-people // GROUP_MAX), 1)


def one_sided(counts: Mapping[str, int], people: int) -> tuple[str, ...]:
    """Return the perspectives that nobody who signed up has; nothing while fewer than five have said anything."""
    if people < 5 or not counts:
        return ()
    return tuple(key for key in PERSPECTIVE_COUNTS if not counts.get(key))
