"""What is said of what payers are asked for, wherever a page is made."""

from typing import Final

from api.wire.params import Boolean, Choice, Integer, Many, Table, Text

_MESSAGE: Final = Table({"message": Text(most=1_200, required=True)}, nullable=True)
_LENGTHS: Final = {
    "default_value": Text(most=255),
    "maximum_length": Integer(least=1, most=255),
    "minimum_length": Integer(least=1, most=255),
}
_OPTION: Final = Table(
    {"label": Text(most=100, required=True), "value": Text(most=100, required=True)}
)
_CUSTOM_FIELD: Final = Table(
    {
        "dropdown": Table(
            {
                "default_value": Text(most=100),
                "options": Many(_OPTION, most=200, required=True),
            }
        ),
        "key": Text(most=200, required=True),
        "label": Table(
            {"custom": Text(most=50, required=True), "type": Choice("custom", required=True)},
            required=True,
        ),
        "numeric": Table(_LENGTHS),
        "optional": Boolean(),
        "text": Table(_LENGTHS),
        "type": Choice("dropdown", "numeric", "text", required=True),
    }
)
CUSTOM_FIELDS: Final = Many(_CUSTOM_FIELD, most=3)
CUSTOM_FIELDS_OR_NONE: Final = Many(_CUSTOM_FIELD, most=3, nullable=True)
CUSTOM_TEXT: Final = Table(
    {
        "after_submit": _MESSAGE,
        "shipping_address": _MESSAGE,
        "submit": _MESSAGE,
        "terms_of_service_acceptance": _MESSAGE,
    }
)
CONSENT: Final = Table(
    {
        "payment_method_reuse_agreement": Table(
            {"position": Choice("auto", "hidden", required=True)}
        ),
        "promotions": Choice("auto", "none"),
        "terms_of_service": Choice("none", "required"),
    }
)
_NAME: Final = Table({"enabled": Boolean(required=True), "optional": Boolean()})
_NAMES: Final = {"business": _NAME, "individual": _NAME}
NAME_COLLECTION: Final = Table(_NAMES)
NAME_COLLECTION_OR_NONE: Final = Table(_NAMES, nullable=True)
PHONE: Final = Table({"enabled": Boolean(required=True)})
# Every country, and the places that the wire counts as one.
COUNTRIES: Final = tuple(
    "AC AD AE AF AG AI AL AM AO AQ AR AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR "
    "BS BT BV BW BY BZ CA CD CF CG CH CI CK CL CM CN CO CR CV CW CY CZ DE DJ DK DM DO DZ EC EE EG "
    "EH ER ES ET FI FJ FK FO FR GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HN HR "
    "HT HU ID IE IL IM IN IO IQ IS IT JE JM JO JP KE KG KH KI KM KN KR KW KY KZ LA LB LC LI LK LR "
    "LS LT LU LV LY MA MC MD ME MF MG MK ML MM MN MO MQ MR MS MT MU MV MW MX MY MZ NA NC NE NG NI "
    "NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PY QA RE RO RS RU RW SA SB SC SD SE "
    "SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SZ TA TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW "
    "TZ UA UG US UY UZ VA VC VE VG VN VU WF WS XK YE YT ZA ZM ZW ZZ".split()
)
_SHIPPING_ADDRESS: Final = {"allowed_countries": Many(Choice(*COUNTRIES), most=300, required=True)}
SHIPPING_ADDRESS: Final = Table(_SHIPPING_ADDRESS)
SHIPPING_ADDRESS_OR_NONE: Final = Table(_SHIPPING_ADDRESS, nullable=True)
LOCALES: Final = tuple(
    "auto bg cs da de el en en-GB es es-419 et fi fil fr fr-CA hi-IN hr hu id it ja ko lt lv ms mt "
    "nb nl pl pt pt-BR ro ru sk sl sv th tr vi zh zh-HK zh-TW".split()
)
