"""Every currency that is or was in force, for amounts that only inform. We move few of them."""

from typing import Final

# Source: ISO 4217, list one (current) and list three (historic), minor units.
_NO_DECIMALS: Final = frozenset(
    """
    adp bef bif byb byr clp djf esp gnf isk itl jpy kmf krw luf pyg rwf tpe trl ugx uyi vnd vuv
    xaf xof xpf
    """.split()
)
_THREE_DECIMALS: Final = frozenset("bhd iqd jod kwd lyd omr tnd".split())
_FOUR_DECIMALS: Final = frozenset("clf uyw".split())
_TWO_DECIMALS: Final = frozenset(
    """
    aed afn all amd ang aoa ars aud awg azn bam bbd bdt bgn bmd bnd bob bov brl bsd btn bwp byn
    bzd cad cdf che chf chw cny cop cou crc cuc cup cve czk dkk dop dzd egp ern etb eur fjd fkp
    gbp gel ghs gip gmd gtq gyd hkd hnl hrk htg huf idr ils inr irr jmd kes kgs khr kpw kyd kzt
    lak lbp lkr lrd lsl mad mdl mga mkd mmk mnt mop mru mur mvr mwk mxn mxv myr mzn nad ngn nio
    nok npr nzd pab pen pgk php pkr pln qar ron rsd rub sar sbd scr sdg sek sgd shp sle sll sos
    srd ssp stn svc syp szl thb tjs tmt top try ttd twd tzs uah usd usn uyu uzs ved ves wst xad
    xcd xcg yer zar zmw zwg zwl
    """.split()
)
_HISTORIC: Final = frozenset(
    """
    afa alk aok aon aor ara arp ary ats aym azm bad bec bel bgj bgk bgl bop brb brc bre brn brr
    buk chc csd csj csk cyp ddm dem ecs ecv eek esa esb fim frf gek ghc ghp gne gns gqe grd
    gwe gwp hrd iep ilp ilr isj laj lsm ltl ltt luc lul lvl lvr mgf mlf mro mtl mtp mvq mxp mze
    mzm nic nlg peh pei pes plz pte rhd rok rol rur sdd sdp sit skk srg std sur tjr tmm uak ugs
    ugw uss uyn uyp veb vef vnc xeu xfo xfu xre ydd yud yum yun zal zmk zrn zrz zwc zwd zwn zwr
    """.split()
)

DECIMALS: Final = {
    **dict.fromkeys(_TWO_DECIMALS | _HISTORIC, 2),
    **dict.fromkeys(_NO_DECIMALS, 0),
    **dict.fromkeys(_THREE_DECIMALS, 3),
    **dict.fromkeys(_FOUR_DECIMALS, 4),
}
