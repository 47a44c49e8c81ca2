import base64
import csv
import io
import threading
import time
import zipfile

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import ii_helpers as ii
from ii_helpers.imports import (
    FileUnreadable,
    add_contacts,
    compare,
    duplicates,
    merge_contacts,
    read_contacts,
)

NOTES = (
    "Notes:\r\n"
    '"When exporting your connection data, you may notice that some of the email addresses are '
    'missing. You will only see addresses of those who ""allow"" it, see www.example.org."\r\n\r\n'
)
HEADER = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\r\n"
LINKEDIN = (
    NOTES
    + HEADER
    + "Ana,Silva,https://www.linkedin.com/in/ana,,Lumen Labs,Engineer,12 Mar 2024\r\n"
    '"José","O\'Neil, PhD",https://www.linkedin.com/in/jose,jose@example.org,"A, B & Co.",'
    '"Head ""of"" data",7-Feb-22\r\n'
    ",,,,,,\r\n"
    ",,https://www.linkedin.com/in/gone,,,,1/1/2024\r\n"
    "Cher,,https://www.linkedin.com/in/cher,,,,2024-02-20\r\n"
)


def said(result, *columns):
    return result.contacts[list(columns)].values.tolist()


# --- LinkedIn ----------------------------------------------------------------------------------


def test_a_linkedin_export_is_understood_and_says_so():
    result = read_contacts(LINKEDIN.encode())
    assert said(result, "name", "email", "organization", "job_title") == [
        ["Ana Silva", "", "Lumen Labs", "Engineer"],
        ["José O'Neil, PhD", "jose@example.org", "A, B & Co.", 'Head "of" data'],
        ["Cher", "", "", ""],
    ]
    assert set(result.contacts["how_known"]) == {"professional network site"}
    assert result.kind == "LinkedIn connections"
    assert result.sentence == (
        "LinkedIn connections: 3 people found, 1 without a name skipped (see below)."
    )
    assert said_skipped(result) == [("without a name", "linkedin.com/in/gone")]


def said_skipped(result):
    return [(r.reason, r.text.split("www.")[-1].split(" ")[0]) for r in result.skipped.itertuples()]


@pytest.mark.parametrize(
    "change",
    [
        lambda t: t.removeprefix(NOTES),
        lambda t: "\ufeff" + t,
        lambda t: t.replace("Notes:", '"Notes:"'),
        lambda t: t.replace("\r\n", "\n"),
        lambda t: t.replace("\r\n", "\n").replace(HEADER.strip(), HEADER.strip() + "\n,,,,,,"),
        lambda t: NOTES + "\r\n\r\n" + t.removeprefix(NOTES),
    ],
    ids=["no notes", "mark", "quoted notes", "LF", "commas", "more lines"],
)
def test_the_same_people_however_the_export_was_trimmed(change):
    assert len(read_contacts(change(LINKEDIN).encode()).contacts) == 3


def test_the_older_header_without_url_is_read():
    text = HEADER.replace("URL,", "") + "Ana,Silva,,Lumen Labs,Engineer,12 Mar 2024\n"
    assert said(read_contacts(text.encode()), "name", "profile_url") == [["Ana Silva", ""]]


@pytest.mark.parametrize(
    "on, iso",
    [
        ("12 Mar 2024", "2024-03-12"),
        ("7-Feb-22", "2022-02-07"),
        ("1/31/2024", "2024-01-31"),
        ("2024-02-20", "2024-02-20"),
        ("01/02/18, 10:11 AM", "2018-01-02"),
        ("31.12.2023", "2023-12-31"),
        ("one day", "one day"),
    ],
)
def test_dates_of_several_styles_are_read(on, iso):
    text = HEADER + f'Ana,Silva,,,,,"{on}"\n'
    assert said(read_contacts(text.encode()), "notes") == [[f"Connected on LinkedIn: {iso}"]]


# --- Google ------------------------------------------------------------------------------------

GOOGLE = (
    "First Name,Middle Name,Last Name,Phonetic First Name,Phonetic Middle Name,Phonetic Last Name,"
    "Name Prefix,Name Suffix,Nickname,File As,Organization Name,Organization Title,"
    "Organization Department,Birthday,Notes,Photo,Labels,E-mail 1 - Label,E-mail 1 - Value,"
    "E-mail 2 - Label,E-mail 2 - Value,Phone 1 - Label,Phone 1 - Value\n"
    "Ana,M.,Silva,AH-na,,,Dr,,,,Lumen Labs,Engineer,,,line one,,* myContacts ::: Alumni,Home,"
    "home@example.org,* Work,ana@example.org,Mobile,555-0100 ::: 555-0101\n"
    ",,,,,,,,,,,,,,,,* myContacts,* ,nameless@example.org,,,,\n"
)


def test_google_contacts_are_read_with_the_preferred_address_first():
    result = read_contacts(GOOGLE.encode())
    assert said(result, "name", "salutation", "pronunciation", "email", "phone", "notes") == [
        ["Ana M. Silva", "Dr.", "AH-na", "ana@example.org", "555-0100",
         "line one\nAlso: home@example.org, 555-0101"]
    ]  # fmt: skip
    assert said_skipped(result) == [("without a name", "*")]
    assert "nameless@example.org" in result.skipped["text"][0]


GOOGLE_OLD = (
    "Name,Given Name,Additional Name,Family Name,Yomi Name,Name Prefix,Name Suffix,Initials,"
    "Nickname,Group Membership,E-mail 1 - Type,E-mail 1 - Value,Phone 1 - Type,Phone 1 - Value,"
    "Organization 1 - Type,Organization 1 - Name,Organization 1 - Yomi Name,"
    "Organization 1 - Title\n"
    "Dr. Ana Silva,Ana,,Silva,,Dr.,,,,* My Contacts,* Work,a@example.org ::: b@example.org,,,,"
    "Lumen Labs,,Engineer\n"
)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-le", "utf-8-sig"])
def test_the_older_google_header_is_read_in_any_encoding(encoding):
    result = read_contacts(GOOGLE_OLD.encode(encoding))
    assert said(result, "name", "salutation", "organization", "email", "job_title") == [
        ["Ana Silva", "Dr.", "Lumen Labs", "a@example.org", "Engineer"]
    ]


# --- Outlook -----------------------------------------------------------------------------------

OUTLOOK_WEB = (
    "First Name,Middle Name,Last Name,Title,Suffix,Nickname,Given Yomi,Surname Yomi,"
    "E-mail Address,E-mail 2 Address,Home Phone,Business Phone,Mobile Phone,Job Title,Department,"
    "Company,Web Page,Notes\n"
    "Ana,,Silva,Dr.,,,,,ana@example.org,,,555-0101,555-0100,Engineer,R&D,Lumen Labs,,\n"
)
OUTLOOK_DESKTOP = (
    "Title,First Name,Middle Name,Last Name,Suffix,Company,Department,Job Title,Business City,"
    "E-mail Address,E-mail Type,E-mail Display Name,Private,Referred By,Web Page\n"
    'Prof.,Emeka,,Okafor,,Example College,,Professor,Lagos,emeka@example.org,SMTP,,False,,\n'
    'Ms.,Zoë,,Müller,,Lumen Labs,,Director,Köln,zoe@example.org,SMTP,"Zoë",False,Emeka Okafor,\n'
)  # fmt: skip


def test_the_outlook_title_is_the_salutation():
    result = read_contacts(OUTLOOK_WEB.encode())
    assert said(result, "name", "salutation", "job_title", "phone") == [
        ["Ana Silva", "Dr.", "Engineer", "555-0100"]
    ]


def test_outlook_in_the_windows_code_page_makes_referrals(wb):
    result = read_contacts(OUTLOOK_DESKTOP.encode("cp1252"))
    assert said(result, "name", "location", "referred_by")[1] == [
        "Zoë Müller",
        "Köln",
        "Emeka Okafor",
    ]
    assert add_contacts(wb, result) == (2, 0, 0)
    (link,) = wb.referrals.rows()
    named = wb.label("contacts", link.from_contact_id), wb.label("contacts", link.to_contact_id)
    assert named == ("Emeka Okafor", "Zoë Müller") and link.may_use_name == "not asked"


def test_any_csv_with_names_is_read_semicolons_included():
    text = "Name;E-Mail;Company\nAna Silva;ana@example.org;Lumen Labs\n"
    result = read_contacts(text.encode())
    assert said(result, "name", "email", "organization") == [
        ["Ana Silva", "ana@example.org", "Lumen Labs"]
    ]


# --- vCard -------------------------------------------------------------------------------------

PHOTO = base64.encodebytes(b"\x00\xff" * 30_000).decode().replace("\n", "\r\n ")
VCARDS = (
    "BEGIN:VCARD\r\nVERSION:2.1\r\n"
    "N;CHARSET=UTF-8;ENCODING=QUOTED-PRINTABLE:=53=69=6C=76=61;=41=6E=C3=A9;;=44=72=2E;\r\n"
    "TEL;CELL;PREF:555-0100\r\nEMAIL;HOME:ane@example.org\r\n"
    "NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=UTF-8:one=0D=0Atwo=3B and =\r\n more\r\n"
    f"PHOTO;ENCODING=BASE64;JPEG:{PHOTO}\r\n\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nN:O'Neil;José;;;PhD\r\nFN:José O'Neil\\, PhD\r\n"
    "ORG:A\\; B;Research\r\nTITLE:Head of da\r\n ta\r\n"
    "item1.EMAIL;type=INTERNET:second@example.org\r\n"
    "item2.EMAIL;type=INTERNET;type=pref:jose@example.org\r\nitem2.X-ABLabel:_$!<Work>!$_\r\n"
    "TEL;type=CELL;type=VOICE;type=pref:+1 555 0101\r\n"
    'ADR;TYPE="home,work":;;1 Road;Lagos;LA;;Nigeria\r\nEND:VCARD\r\n'
    "BEGIN:VCARD\r\nVERSION:4.0\r\nFN:王小明\r\nTEL;VALUE=uri:tel:+86-555-0102\r\n"
    "EMAIL;PREF=1:wang@example.org\r\nURL:https://example.org/wang\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:4.0\r\nKIND:group\r\nFN:Friends\r\nEND:VCARD\r\n"
    "BEGIN:VCARD\r\nVERSION:3.0\r\nEMAIL:nameless@example.org\r\nEND:VCARD\r\n"
)


@pytest.mark.parametrize("ends", ["\r\n", "\n"])
def test_cards_of_all_versions_in_one_file_are_read(ends):
    result = read_contacts(VCARDS.replace("\r\n", ends).encode())
    assert said(result, "name", "salutation", "email", "phone", "organization", "job_title") == [
        ["Ané Silva", "Dr.", "ane@example.org", "555-0100", "", ""],
        ["José O'Neil, PhD", "", "jose@example.org", "+1 555 0101", "A; B", "Head of data"],
        ["王小明", "", "wang@example.org", "+86-555-0102", "", ""],
    ]
    assert result.contacts["notes"][0].split() == ["one", "two;", "and", "more"]
    assert result.contacts["location"][1] == "Lagos, LA"
    assert [r.reason for r in result.skipped.itertuples()] == ["that are a group", "without a name"]


def test_a_card_with_a_photo_of_five_megabytes_is_quick():
    photo = base64.b64encode(b"x" * 5_000_000).decode()
    folded = "\r\n ".join(photo[i : i + 74] for i in range(0, len(photo), 74))
    for body in (photo, folded):
        card = (
            f"BEGIN:VCARD\nVERSION:3.0\nFN:Ana\nPHOTO;ENCODING=b:{body}\nTITLE:Engineer\nEND:VCARD"
        )
        began = time.perf_counter()
        assert said(read_contacts(card.encode()), "name", "job_title") == [["Ana", "Engineer"]]
        assert time.perf_counter() - began < 2


@pytest.mark.parametrize(
    "text",
    ["BEGIN:VCARD\nFN:Ana", "BEGIN:VCARD\nBEGIN:VCARD\nFN:Ana\nEND:VCARD\nEND:VCARD",
     "BEGIN:VCARD\n;;;:\nEMAIL;=:x\nFN:Ana\nEND:VCARD",
     "BEGIN:VCARD\nFN;ENCODING=QUOTED-PRINTABLE;CHARSET=no-such:=41na\nEND:VCARD",
     "BEGIN:VCARD\nFN:Ana\nNOTE;ENCODING=QUOTED-PRINTABLE:abc=\nEND:VCARD"],
)  # fmt: skip
def test_a_broken_card_gives_what_it_has(text):
    assert "Ana" in read_contacts(text.encode()).contacts["name"].tolist()


# --- files that are something else -------------------------------------------------------------


def packed(**files):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        for name, text in files.items():
            archive.writestr(name.replace("__", "."), text)
    return data.getvalue()


@pytest.mark.parametrize(
    "data, words",
    [
        (packed(**{"[Content_Types].xml": "<x/>"}), 'spreadsheet.*save it as "CSV UTF-8"'),
        (packed(readme__txt="hi"), "packed file without contacts"),
        (b"PK\x03\x04broken", "packed file without contacts"),
        (b"\xd0\xcf\x11\xe0" + b"\0" * 600, "older Excel"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x89PNG\r\n", "a picture"),
        (b"", "is empty"),
        (b"\r\n \n", "is empty"),
        (b"\x01\x00\x02\x03\x00" * 50, "no text file"),
        (b"<!DOCTYPE html><html>", "web page"),
        (b"apples,pears\n1,2\n", 'no header that is known; its first line is "apples,pears"'),
        (b"Name\nAna\n", "no header that is known"),
        (b"x" * 100_000_000, "100 MB.*up to 50 MB"),
        ((HEADER + 'Ana,"Sil' + "va," * 60_000).encode(), "line .*cannot be read as CSV"),
    ],
    ids=lambda v: v if isinstance(v, str) else "",
)
def test_a_file_that_is_something_else_is_named(data, words):
    with pytest.raises(FileUnreadable, match="(?s)" + words):
        read_contacts(data, name="contacts.csv")


def test_a_missing_file_and_a_folder_are_named(tmp_path):
    with pytest.raises(FileUnreadable, match="no.csv is not there"):
        read_contacts(tmp_path / "no.csv")
    with pytest.raises(FileUnreadable, match="is a folder"):
        read_contacts(tmp_path)


@pytest.mark.parametrize("source", [None, 5, ["Connections.csv"]])
def test_what_is_no_path_is_named(source):
    with pytest.raises(FileUnreadable, match="is not the path of a file. Choose a LinkedIn"):
        read_contacts(source)
    with pytest.raises(FileUnreadable, match="cannot be opened"):
        read_contacts("Connections\x00.csv")


PEOPLE = "".join(f"P{n},Q{n},,,,,\r\n" for n in range(50))


@pytest.mark.parametrize(
    "row",
    ['Ana,"Silva,,,,,', '"Ana,Silva,,,,,', 'Ana,Silva,,,"Lumen Labs,,', 'Ana,Silva,,,,"Engineer,',
     'Ana,Silva,"https://x.example.org,,,,', 'Ana,Silva,,"ana@example.org,,,',
     'Ana,Silva,,,,,"12 Mar 2024'],
)  # fmt: skip
def test_a_quotation_that_never_closes_swallows_nobody(row):
    with pytest.raises(FileUnreadable, match=r"Connections.csv, line 4, .*mark may be missing"):
        read_contacts(
            (HEADER + PEOPLE[:24] + row + "\r\n" + PEOPLE).encode(), name="Connections.csv"
        )


@pytest.mark.parametrize("ends", ["\r\n", "\n", ""])
def test_a_quotation_that_closes_in_another_row_swallows_nobody(ends):
    rows = 'Ana,"Silva,,,,,\n' + PEOPLE + 'Bo,"Tor",,,,,' + ends
    with pytest.raises(FileUnreadable, match="line 2, .*A quotation mark may be missing there"):
        read_contacts((HEADER + rows).encode())


def test_notes_and_even_a_workplace_of_two_lines_are_read():
    text = (
        'Name,Email,Company,Notes\nAna Silva,ana@example.org,"Lumen\nLabs","Met at a fair,\n'
        'then again, at lunch"\nBo Tor,bo@example.org,"Acme, Inc.",""'
    )
    assert said(read_contacts(text.encode()), "name", "organization", "notes") == [
        ["Ana Silva", "Lumen Labs", "Met at a fair,\nthen again, at lunch"],
        ["Bo Tor", "Acme, Inc.", ""],
    ]


def test_a_line_break_and_a_comma_in_one_cell_are_no_missing_mark():
    rows = 'Ana,Silva,,,"Acme, Inc.\nBerlin","Founder, CEO\nMentor",\nBo,Tor,,,,,\n'
    assert len(read_contacts((HEADER + rows).encode()).contacts) == 2


def test_an_export_without_people_says_nobody():
    assert read_contacts(HEADER.encode()).sentence == "LinkedIn connections: nobody found."


def test_the_zip_that_linkedin_sends_is_opened():
    data = packed(**{"Basic/Connections.csv": LINKEDIN, "Basic/Messages.csv": "x"})
    assert len(read_contacts(data, name="Basic.zip").contacts) == 3


@pytest.mark.parametrize("packing", [8, 12, 14])
def test_a_damaged_zip_is_refused_in_any_packing(packing):
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", packing) as archive:
        archive.writestr("Connections.csv", bytes(range(256)) * 40)
    raw = data.getvalue()
    with pytest.raises(FileUnreadable, match="a packed file without contacts in it"):
        read_contacts(raw[:70] + b"\xff" * 60 + raw[130:], name="Basic.zip")


def test_a_row_with_a_stray_comma_is_shown_not_garbled():
    result = read_contacts((HEADER + "Ana,Silva,,,A, B,Engineer,12 Mar 2024\n").encode())
    assert result.contacts.empty
    assert result.skipped["reason"].tolist() == ["with more cells than the header"]


@pytest.mark.parametrize(
    "name", ["<img src=x onerror=alert(1)>", '=HYPERLINK("http://x.example.org")', "{{ 7*7 }}"]
)
def test_hostile_names_arrive_as_plain_text(wb, name):
    data = io.StringIO()
    csv.writer(data).writerows([["Name", "Email"], [name, "a@example.org"]])
    add_contacts(wb, read_contacts(data.getvalue().encode()))
    assert wb.contacts.rows()[0].name == name


def test_what_fits_no_column_goes_to_the_notes(wb):
    result = read_contacts(b"Name,Email,Company\nAna,not an address,\x00Lumen\n")
    assert add_contacts(wb, result).added == 1
    assert wb.contacts.rows()[0].notes == "Also: not an address"


cells = st.text(st.characters(exclude_categories=["Cs", "Cc"]), max_size=30)


@settings(max_examples=60)
@given(st.lists(st.tuples(cells, cells, cells), max_size=8))
def test_every_name_comes_in_as_it_was_written(rows):
    data = io.StringIO()
    out = csv.writer(data)
    out.writerow(HEADER.strip().split(","))
    out.writerows([first, last, "", "", company, "", ""] for first, last, company in rows)
    result = read_contacts(data.getvalue().encode())
    squeezed = [(" ".join(f"{a} {b}".split()), " ".join(c.split())) for a, b, c in rows]
    assert said(result, "name", "organization") == [[n, c] for n, c in squeezed if n]


@settings(max_examples=80)
@given(st.binary(max_size=400))
def test_any_bytes_are_read_or_refused(data):
    for start in (b"", b"BEGIN:VCARD\n", HEADER.encode()):
        try:
            assert read_contacts(start + data).kind
        except FileUnreadable as error:
            assert str(error)


# --- adding --------------------------------------------------------------------------------------


def test_a_second_import_adds_nothing(wb):
    for data in (LINKEDIN, GOOGLE, GOOGLE_OLD, OUTLOOK_DESKTOP, VCARDS):
        add_contacts(wb, read_contacts(data.encode()))
        n, orgs, links = len(wb.contacts), len(wb.organizations), len(wb.referrals)
        assert add_contacts(wb, read_contacts(data.encode())).added == 0
        assert (len(wb.contacts), len(wb.organizations), len(wb.referrals)) == (n, orgs, links)


def test_two_pages_that_add_the_same_file_at_once_add_it_once(wb):
    result = read_contacts(LINKEDIN.encode())
    counts = []

    def add():
        counts.append(add_contacts(ii.open_workbook(wb.folder), result))

    threads = [threading.Thread(target=add) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(c.added for c in counts) == [0, 3] and len(wb.contacts) == 3


def test_an_import_is_one_change_to_undo(wb):
    add_contacts(wb, read_contacts(OUTLOOK_DESKTOP.encode()))
    wb.undo()
    assert (len(wb.contacts), len(wb.organizations), len(wb.referrals)) == (0, 0, 0)


def test_organizations_are_found_again_under_a_like_name(wb):
    wb.organizations.append(name="Lumen Labs, Inc.")
    add_contacts(wb, read_contacts(LINKEDIN.encode()))
    assert wb.label("organizations", wb.contacts.rows()[0].organization_id) == "Lumen Labs, Inc."


@pytest.mark.parametrize(
    "row, why",
    [
        ("Anna,Silva,,ana@example.org,,,", "same email"),
        ("Anna,Silva,https://linkedin.com/in/ana/?x=1,,,,", "same profile"),
        ("Anna,Silva,,,LUMEN LABS Inc.,,", "similar name, same workplace"),
        ("Ana,Silva,,other@example.org,Lumen Labs,,", "same name and workplace"),
        ("Ana,Silva,,,,,", "same name"),
    ],
)
def test_possible_duplicates_wait_for_a_decision(wb, row, why):
    lumen = wb.organizations.append(name="Lumen Labs")
    ana = wb.contacts.append(
        name="Ana Silva", email="Ana@example.org", organization_id=lumen.id,
        profile_url="https://www.linkedin.com/in/ana" if "profile" in why else "",
    )  # fmt: skip
    result = read_contacts((HEADER + row + "\n").encode())
    found = compare(wb, result).iloc[0]
    assert (found.status, found.match, found.why) == ("possible duplicate", ana.id, why)
    assert add_contacts(wb, result) == (0, 0, 1) and len(wb.contacts) == 1
    assert add_contacts(wb, result, keep=[0]) == (1, 0, 0) and len(wb.contacts) == 2


@pytest.mark.parametrize(
    "row",
    ["Ana,Silva,,,Other Place,,", "Ann,Souza,,,Lumen Labs,,",
     "Ana,Silva,https://www.linkedin.com/in/other-ana,,Lumen Labs,,"],
)  # fmt: skip
def test_other_people_are_new(wb, row):
    lumen = wb.organizations.append(name="Lumen Labs")
    url = "https://www.linkedin.com/in/ana"
    wb.contacts.append(name="Ana Silva", organization_id=lumen.id, profile_url=url)
    assert add_contacts(wb, read_contacts((HEADER + row + "\n").encode())) == (1, 0, 0)


def test_numbered_people_of_one_workplace_are_all_new(wb):
    rows = "".join(f"Person {n},Test,,p{n}@example.org,Lumen Labs,,\n" for n in range(300))
    bare = "".join(f"Guest {n},Test,,,Lumen Labs,,\n" for n in range(300))
    assert add_contacts(wb, read_contacts((HEADER + rows + bare).encode())) == (600, 0, 0)


def test_only_the_ticked_are_added_and_merging_fills_blanks(wb):
    ana = wb.contacts.append(name="Ana Silva", job_title="Linguist")
    result = read_contacts(LINKEDIN.encode())
    assert add_contacts(wb, result, rows=[0, 2], merge=[0]) == (1, 0, 0)
    assert [row.name for row in wb.contacts.rows()] == ["Ana Silva", "Cher"]
    row = wb.contacts.get(ana.id)
    assert row.profile_url == "https://www.linkedin.com/in/ana"
    assert row.job_title == "Linguist" and "Also, Job title: Engineer" in row.notes


def test_merging_moves_everything_and_can_be_undone(wb):
    ana = wb.contacts.append(name="Ana Silva", notes="met in May")
    other = wb.contacts.append(name="Anna Silva", email="ana@example.org", notes="sings")
    lee = wb.contacts.append(name="Lee Wong")
    wb.messages.append(contact_id=other.id)
    wb.interviews.append(contact_id=other.id, starts_at="2026-11-20T10:00")
    wb.tasks.append(contact_id=other.id, task="call")
    wb.findings.append(contact_id=other.id, finding="x", source="y")
    wb.referrals.append(from_contact_id=lee.id, to_contact_id=ana.id)
    wb.referrals.append(from_contact_id=lee.id, to_contact_id=other.id, may_use_name="yes")
    wb.referrals.append(from_contact_id=other.id, to_contact_id=ana.id)
    before = {log.table.name: log.rows() for log in wb.logs()}

    row = merge_contacts(wb, ana.id, other.id)
    assert row.email == "ana@example.org"
    assert row.notes == "met in May\nsings\nAlso, Name: Anna Silva"
    assert [c.name for c in wb.contacts.rows()] == ["Ana Silva", "Lee Wong"]
    for log in (wb.messages, wb.interviews, wb.tasks, wb.findings):
        assert [r.contact_id for r in log.rows()] == [ana.id]
    assert [(r.from_contact_id, r.to_contact_id, r.may_use_name) for r in wb.referrals.rows()] == [
        (lee.id, ana.id, "yes")
    ]
    wb.undo()
    after = {log.table.name: log.rows() for log in wb.logs()}
    assert {k: {r.id for r in v} for k, v in after.items()} == {
        k: {r.id for r in v} for k, v in before.items()
    }
    assert wb.messages.rows()[0].contact_id == other.id


def test_merging_someone_with_themselves_is_refused(wb):
    ana = wb.contacts.append(name="Ana Silva")
    with pytest.raises(ii.errors.WorkbookError, match="same person already"):
        merge_contacts(wb, ana.id, ana.id)


def test_duplicates_in_the_log_are_offered_not_merged(wb):
    a = wb.contacts.append(name="Ana Silva", email="ana@example.org")
    b = wb.contacts.append(name="A. Silva", email="ANA@example.org")
    wb.contacts.append(name="Lee Wong")
    assert duplicates(wb) == [(a.id, b.id, "same email")]
    assert len(wb.contacts) == 3


def test_progress_is_told_from_start_to_end(wb):
    steps = []
    rows = "".join(f"P{n},Q,,p{n}@example.org,,,\n" for n in range(5000))
    result = read_contacts((HEADER + rows).encode(), progress=lambda *s: steps.append(s))
    assert steps[-1][0] == steps[-1][1] and len(steps) >= 5
    steps.clear()
    add_contacts(wb, result, progress=lambda *s: steps.append(s))
    assert steps[0] == (0, 5000) and steps[-1] == (5000, 5000)


@pytest.mark.parametrize("given", [None, "contacts.csv", pd.DataFrame()])
def test_only_what_was_read_of_a_file_is_added(wb, given):
    with pytest.raises(ii.errors.WorkbookError, match="Read the file first: add_contacts"):
        ii.imports.add_contacts(wb, given)
