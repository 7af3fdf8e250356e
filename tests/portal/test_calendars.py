"""Calendars in the portal: the week in three zones, "open then?", hours as typed text, merges day by day."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from backoffice.contracts import timetable
from backoffice.contracts.calendars import Calendar, CalendarChange, NewCalendar, SessionOverride, TimeInterval, TradingSession
from backoffice.services import back_api
from portal import week
from tests.portal.desk_people import OWNER, make_market
from tests.portal.posted import HTMX, form_of, page_of

CHRISTMAS = SessionOverride(date=date(2026, 12, 25), name="Christmas", time_intervals=[])
MERGED = '<form method="post" action="/calendars/london/edit/"'


def interval(start: str, end: str) -> TimeInterval:
    return TimeInterval(start=time.fromisoformat(start), end=time.fromisoformat(end))


def change(london: Calendar, **fields: object) -> CalendarChange:
    whole = {name: getattr(london, name) for name in ("name", "time_zone_id", "trading_sessions", "session_overrides")}
    return CalendarChange(**(whole | fields))  # type: ignore[arg-type]


def london() -> Calendar:
    return back_api().calendars.get(OWNER, "london").value


def hours_of(day: str) -> str:
    return ", ".join(
        f"{one.start:%H:%M}-{one.end:%H:%M}" for found in london().trading_sessions if found.day_of_week == day for one in found.time_intervals
    )


def test_the_week_stands_in_the_calendars_zone_utc_and_mine(clerk: Client) -> None:
    assert "08:00–17:00" in page_of(clerk, "/calendars/london/?week=2026-07-06")
    assert "07:00–16:00" in page_of(clerk, "/calendars/london/?week=2026-07-06&in=utc")
    unknown = page_of(clerk, "/calendars/london/?week=2026-07-06&in=mine")
    assert "Your browser does not tell its zone" in unknown
    clerk.cookies["desk_zone"] = "Asia/Tokyo"
    assert "16:00–24:00" in page_of(clerk, "/calendars/london/?week=2026-07-06&in=mine")


def test_a_week_is_a_fragment_for_htmx_and_a_page_without(clerk: Client) -> None:
    fragment = clerk.get("/calendars/london/?week=2026-12-21", headers={**HTMX, "HX-Target": "week"}).content.decode()
    assert fragment.lstrip().startswith('<section class="card week"')
    assert "<html" in page_of(clerk, "/calendars/london/?week=2026-12-21")


def test_a_date_that_differs_is_named_with_the_usual_hours_dashed(clerk: Client) -> None:
    monday = SessionOverride(date=date(2026, 12, 28), name="Boxing Day", time_intervals=[])
    back_api().calendars.update(OWNER, "london", change(london(), session_overrides=[monday]))
    page = page_of(clerk, "/calendars/london/?week=2026-12-28")
    assert 'class="usual" x="33.333%" y="3.5" width="37.500%"' in page
    assert "Boxing Day" in page


@pytest.mark.parametrize(
    ("at", "zone", "said"),
    [
        ("2026-11-23T12:00", "Europe/London", "<b>Open</b> at Mon 23 Nov 2026, 12:00 in Europe/London"),
        ("2026-11-23T12:00", "Asia/Tokyo", "<b>Closed</b> at Mon 23 Nov 2026, 03:00 in Europe/London"),
        ("2026-11-23T12:00", "Mars/Olympus", "Mars/Olympus is not an IANA time zone"),
        ("yesterday", "UTC", "Write a date and a time"),
    ],
)
def test_open_then_is_answered_in_the_zone_of_the_question(clerk: Client, at: str, zone: str, said: str) -> None:
    assert said in page_of(clerk, f"/calendars/london/?at={at}&zone={zone}")


def test_the_state_now_is_a_fragment_of_its_own(clerk: Client) -> None:
    fragment = clerk.get("/calendars/london/", headers={**HTMX, "HX-Target": "status"}).content.decode()
    assert "Open now?" in fragment
    assert "<html" not in fragment


def test_a_calendar_is_created_from_text(clerk: Client) -> None:
    sent = {"name": "Hong Kong", "timeZoneId": "Asia/Hong_Kong", "week.Monday": "9:30-12:00,13:00 – 16:00", "week.Sunday": "all day"}
    sent |= {"date-0": "2026-12-25", "name-0": "Christmas", "hours-0": "closed", "date-1": "", "name-1": "", "hours-1": ""}
    assert clerk.post("/calendars/new/", sent).headers["Location"] == "/calendars/hong-kong/"
    made = back_api().calendars.get(OWNER, "hong-kong").value
    assert [one.day_of_week for one in made.trading_sessions] == ["Sunday", "Monday"]
    assert made.trading_sessions[1].time_intervals == [interval("09:30", "12:00"), interval("13:00", "16:00")]
    assert made.session_overrides == [CHRISTMAS]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("9 to 5", "“9 to 5” is no time range: write it like 09:30-16:00."),
        ("25:00-26:00", "25:00 is no time of day."),
        ("09:00-12:00, 11:00-13:00", "09:00-12:00 and 11:00-13:00 overlap."),
        ("09:00-09:00", "09:00-09:00 is empty: it must end after it starts."),
        ("24:00-24:00", "A range cannot start at 24:00: write 00:00 on the next day."),
    ],
)
def test_hours_that_cannot_be_read_say_what_to_write(clerk: Client, text: str, said: str) -> None:
    sent = form_of(page_of(clerk, "/calendars/london/edit/")) | {"week.Tuesday": text}
    answer = clerk.post("/calendars/london/edit/", sent)
    assert answer.status_code == 400
    assert said in answer.content.decode()
    assert hours_of("Tuesday") == ""


def test_hours_over_midnight_are_split_on_request(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/calendars/london/edit/")) | {"week.Tuesday": "17:00-09:00"}
    refused = clerk.post("/calendars/london/edit/", sent).content.decode()
    assert "17:00-09:00 runs over midnight: write 17:00-24:00 here and 00:00-09:00 on Wednesday." in refused
    assert 'value="split"' in refused
    split = clerk.post("/calendars/london/edit/", form_of(refused) | {"act": "split"}).content.decode()
    assert hours_of("Tuesday") == ""
    clerk.post("/calendars/london/edit/", form_of(split))
    assert (hours_of("Tuesday"), hours_of("Wednesday")) == ("17:00-23:59", "00:00-09:00")


def test_rows_of_dates_are_added_removed_and_refused_by_row(clerk: Client) -> None:
    back_api().calendars.update(OWNER, "london", change(london(), session_overrides=[CHRISTMAS]))
    page = page_of(clerk, "/calendars/london/edit/")
    assert page.count("data-spare") == 3
    more = clerk.post("/calendars/london/edit/", form_of(page) | {"act": "rows", "date-1": "2026-12-28", "hours-1": "10:00-12:00"}).content.decode()
    assert more.count("data-spare") == 3
    assert 'value="2026-12-28"' in more
    twice = clerk.post("/calendars/london/edit/", form_of(page) | {"date-1": "2026-12-25", "name-1": "Again"})
    assert "2026-12-25 is there twice" in twice.content.decode()
    undated = clerk.post("/calendars/london/edit/", form_of(page) | {"name-1": "When?"})
    assert "Which date?" in undated.content.decode()
    assert clerk.post("/calendars/london/edit/", form_of(page) | {"remove-0": "1"}).status_code == 303
    assert london().session_overrides == []


def test_a_zone_that_is_none_is_refused_next_to_its_input(clerk: Client) -> None:
    answer = clerk.post("/calendars/london/edit/", form_of(page_of(clerk, "/calendars/london/edit/")) | {"timeZoneId": "London"})
    assert "London is not an IANA time zone" in answer.content.decode()
    assert answer.status_code == 400


def test_a_lost_race_is_merged_day_by_day(clerk: Client) -> None:
    sent = form_of(page_of(clerk, "/calendars/london/edit/")) | {"week.Monday": "08:00-12:00", "week.Tuesday": "10:00-11:00"}
    sessions = [TradingSession(day_of_week="Monday", time_intervals=[interval("08:00", "18:00")])]
    back_api().calendars.update(OWNER, "london", change(london(), trading_sessions=sessions, session_overrides=[CHRISTMAS]))
    lost = clerk.post("/calendars/london/edit/", sent)
    page = lost.content.decode()
    assert lost.status_code == 412
    assert 'name="week.Monday" value="08:00-12:00" required' in page
    assert 'name="week.Monday" value="08:00-18:00" required' in page
    assert 'type="hidden" name="date.2026-12-25" value="closed | Christmas"' in page
    assert hours_of("Monday") == "08:00-18:00"
    assert clerk.post("/calendars/london/edit/", form_of(page, MERGED) | {"week.Monday": "08:00-12:00"}).status_code == 303
    assert (hours_of("Monday"), hours_of("Tuesday")) == ("08:00-12:00", "10:00-11:00")
    assert london().session_overrides == [CHRISTMAS]


def test_a_duplicate_starts_as_the_original_is(clerk: Client) -> None:
    page = page_of(clerk, "/calendars/new/?like=london")
    assert 'value="London (copy)"' in page
    assert clerk.post("/calendars/new/", form_of(page)).headers["Location"] == "/calendars/london-copy/"
    assert back_api().calendars.get(OWNER, "london-copy").value.trading_sessions == london().trading_sessions


def test_a_calendar_in_use_names_its_markets(clerk: Client) -> None:
    make_market()
    page = page_of(clerk, "/calendars/london/delete/")
    assert "London is in use" in page
    assert 'href="/markets/?calendar=london"' in page
    assert clerk.post("/calendars/london/delete/", {"version": "1"}).status_code == 400


def test_a_free_calendar_is_deleted(clerk: Client) -> None:
    assert clerk.post("/calendars/london/delete/", {"version": "1"}).headers["Location"] == "/calendars/"
    assert "No calendars yet" in page_of(clerk, "/calendars/")


def test_who_may_only_look_sees_what_is_missing(viewer: Client) -> None:
    page = page_of(viewer, "/calendars/london/")
    assert page.count("This needs the operation manage-markets") == 3
    assert viewer.post("/calendars/london/edit/", {}).status_code == 403
    assert viewer.get("/calendars/new/").status_code == 403


def test_a_stranger_sees_nothing(stranger: Client) -> None:
    assert stranger.get("/calendars/").status_code == 403


def test_the_list_asks_the_database_as_often_for_many_as_for_few(clerk: Client) -> None:
    clerk.get("/calendars/")
    with CaptureQueriesContext(connection) as few:
        clerk.get("/calendars/")
    for number in range(49):
        back_api().calendars.create(OWNER, NewCalendar(name=f"Calendar {number}", time_zone_id="UTC", trading_sessions=london().trading_sessions))
    with CaptureQueriesContext(connection) as many:
        clerk.get("/calendars/")
    assert len(many) == len(few)


@pytest.mark.parametrize("zone", ["Europe/London", "America/New_York", "Australia/Lord_Howe", "Pacific/Chatham", "UTC"])
def test_what_is_drawn_is_what_the_service_says(zone: str) -> None:
    """Across clock changes, hours that the clocks skip, nights and dates that differ."""
    intervals = [interval("00:00", "02:15"), interval("02:30", "09:30"), interval("17:00", "23:59:59")]
    overrides = [CHRISTMAS, SessionOverride(date=date(2026, 3, 29), time_intervals=[interval("01:30", "02:45")])]
    calendar = drawn(zone, [TradingSession(day_of_week=day, time_intervals=intervals) for day in timetable.DAYS[:6]], overrides)
    starts = [datetime(2026, month, day, tzinfo=UTC) for month, day in ((3, 7), (3, 28), (4, 4), (9, 26), (10, 3), (10, 24), (10, 31), (12, 24))]
    for start in starts:
        # In UTC no hour is skipped or repeated, so a share of the day is one instant.
        days = week.rows(calendar, start.date(), shown_in=ZoneInfo("UTC"), now=start)
        for minutes in range(3, 7 * 1440, 95):
            bars = days[minutes // 1440].bars
            share = minutes % 1440 / 14.4
            is_drawn = any(percent(bar.left) <= share < percent(bar.left) + percent(bar.width) for bar in bars)
            at = start + timedelta(minutes=minutes)
            assert is_drawn == timetable.is_open(calendar, at), (at, at.astimezone(ZoneInfo(zone)))


def percent(text: str) -> float:
    return float(text.removesuffix("%"))


def test_one_that_never_closes_and_one_that_never_opens_have_no_next_change() -> None:
    whole = [TradingSession(day_of_week=day, time_intervals=[interval("00:00", "23:59:59")]) for day in timetable.DAYS]
    now = datetime(2026, 11, 22, 12, tzinfo=UTC)
    assert week.status(drawn("Europe/Berlin", whole, []), now) == (True, None)
    assert week.status(drawn("Europe/Berlin", [], []), now) == (False, None)


def drawn(zone: str, sessions: list[TradingSession], overrides: list[SessionOverride]) -> Calendar:
    return Calendar(calendar_id="z", name="Z", time_zone_id=zone, trading_sessions=sessions, session_overrides=overrides, market_count=0)
