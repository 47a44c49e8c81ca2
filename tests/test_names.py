"""What a person is called, and where a text does so."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ii_helpers.names import (
    ENDINGS,
    Finder,
    Marks,
    bare_name,
    calls,
    full_forms,
    mark,
    parts_of,
    pattern,
    spellings,
    with_beginnings,
)


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("Ana Silva, PhD", "Ana Silva"),
        ("Silva, Ana", "Ana Silva"),
        ("Dr. Ana Silva", "Ana Silva"),
        ("Ana  Silva (she/her)", "Ana Silva"),
        ("O'Neil, José, M.D.", "José O'Neil"),
        ("Dr", "Dr"),
        ("Prof. Dr. Eva Roth", "Eva Roth"),
        ("Jack Ma", "Jack Ma"),
        ("Wei Ma, PhD", "Wei Ma"),
        ("王伟", "王伟"),
        ("", ""),
    ],
)
def test_a_name_is_bare_without_what_is_around_it(written, said):
    assert bare_name(written) == said
    assert said == "" or said in full_forms(written)


def test_a_title_and_one_name_are_found_together_only():
    assert full_forms("Dr. Silva") == ["Dr. Silva"]
    assert full_forms("Silva", "Dr.") == ["Silva", "Dr. Silva"]


def test_of_a_name_with_a_role_behind_a_comma_the_name_itself_is_a_form():
    assert "Ana Silva" in full_forms("Ana Silva, Head of Sound")
    assert parts_of("Dr. J. R. Li 王伟 (she), PhD") == ["Li", "王伟"]
    assert parts_of("Ana (Annie) de la Cruz") == ["Ana", "Annie", "Cruz"]


@pytest.mark.parametrize(
    ("name", "also"),
    [
        ("Bo Li", ["Bo", "Li"]),
        ("Dr. O\u2019Neil", ["O\u2019Neil", "Neil"]),
        ("Kim Min-jun", ["Kim", "Min-jun"]),
        ("प्रिया शर्मा", ["प्रिया", "शर्मा"]),
        ("王小明", ["小明"]),
        ("田中太郎", ["田中", "太郎"]),
        ("-", []),
    ],
)
def test_all_that_may_stand_for_a_person(name, also):
    assert set(also) <= set(calls(name)) and ("-" in calls(name)) is False


def test_what_is_found_may_be_answered_each_in_its_way():
    found = Finder([pattern("Ana"), pattern("Bo")])
    assert found.replace("ANA and Bo", str.lower) == "ana and bo"


@pytest.mark.parametrize(
    ("name", "text", "left"),
    [
        ("José García", "Ask jose  GARCIA today", "Ask - today"),
        ("José García", "Ask Jose\u0301 Garci\u0301a today", "Ask - today"),
        ("Łukasz Żak", "LUKASZ ZAK said so", "- said so"),
        ("Jürgen Müller", "Jürgen Müllers Rat", "- Rat"),
        ("Weiß", "von Weiss und WEISS", "von - und -"),
        ("ana silva", "see ana_silva.txt, Ana Silvano", "see ana_silva.txt, Ana Silvano"),
        ("Ana", "ana_silva, Banana, Ana's, Anas", "-_silva, Banana, -'s, -"),
        ("王小明", "我和王小明谈了工作", "我和-谈了工作"),
        ("김민수", "김민수가 말했다", "-가 말했다"),
        ("田中 太郎", "田中太郎さん", "-さん"),
        ("محمد علي", "ومحمد علي قال", "- قال"),
        ("Nguyễn Thảo", "Nguye\u0302\u0303n Tha\u0309o", "-"),
        ("Nguye\u0302\u0303n Tha\u0309o", "NGUYỄN THẢO", "-"),
        ("김민수", "\u1100\u1175\u11b7\u1106\u1175\u11ab\u1109\u116e가", "-가"),
        ("がくと", "か\u3099くとさん", "-さん"),
        ("Li", "Li said: likely, 李", "- said: likely, 李"),
        ("Dana O'Neil", "Dana O\u2018Neil, Dana O\u02bcNeils", "-, -"),
        ("Min-jun", "Min\u2011jun", "-"),
    ],
)
def test_a_name_is_found_as_people_write_it(name, text, left):
    assert Finder([pattern(name, endings=ENDINGS)]).replace(text, "-") == left


@given(st.text("aZéłüß王김محต' -.", min_size=1).filter(lambda name: name.strip()))
def test_whatever_a_name_is_it_is_found_whole(name):
    assert Finder([pattern(name)]).replace(f"({name.strip()})", "-") == "(-)"


@given(st.text())
def test_what_is_not_found_stays_letter_by_letter(text):
    assert Finder([]).replace(text, "-") == text
    assert Finder([pattern("\ue000")]).replace(text.replace("\ue000", ""), "-") == text.replace(
        "\ue000", ""
    )


WORDS = st.lists(st.text("abZéłüß王김محדn", min_size=1, max_size=6), min_size=1, max_size=5)


@given(WORDS, st.sampled_from([" ", "  ", "-", ".\n", "_"]), st.sampled_from(["", "x "]))
def test_a_mark_is_found_between_any_signs_and_as_well_when_it_is_a_sum(words, sign, before):
    known = with_beginnings({mark(" ".join(words))})
    text = f"{before}{sign.join(words)}, y"
    met = Marks(known).replace(text, "-")
    assert "-, y" in met
    sums = Marks({str(hash(one)) for one in known}, lambda one: str(hash(one)))
    assert sums.replace(text, "-") == met


@pytest.mark.parametrize(
    ("kind", "known", "text", "left"),
    [
        ("", "+1 555 0100", "(+1) 555-0100 on 2026-11-20", "- on 2026-11-20"),
        (
            "",
            "Ana Silva",
            "Ana! – Oh no! Silva; Anas Silva, ana silvas",
            "Ana! – Oh no! Silva; Anas Silva, -",
        ),
        ("=", "Cher", "Cher cher CHER Cherie", "- cher CHER Cherie"),
        ("@", "a@x.org", "a@x.org. A@X.ORG b.a@x.org a@x.org.uk", "-. - b.a@x.org a@x.org.uk"),
        ("/", "x.org/a", "https://www.x.org/a/?b=1 x.org/a-b x.org/ab", "- x.org/a-b x.org/ab"),
    ],
)
def test_a_mark_of_a_kind_is_no_part_of_a_longer_one(kind, known, text, left):
    assert Marks(with_beginnings({mark(known, kind)})).replace(text, "-") == left


def test_umlauts_are_spelled_both_ways():
    assert {"jürgen groß", "juergen groß"} <= spellings("Jürgen Groß")
    assert "jürgen" in spellings("Juergen")
