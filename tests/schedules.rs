//! Rotation schedules held against an independent reading of them: whoever makes an expression here also says which hours
//! it means, and days are told by looking at their neighbours. Nothing is parsed.

#![allow(
    clippy::unwrap_used,
    reason = "a test ends where something is not as it should be"
)]

use std::collections::BTreeSet;

use chrono::{DateTime, Datelike, Days, NaiveDate, TimeDelta, Timelike, Utc};
use proptest::collection::{btree_set, vec};
use proptest::prelude::*;
use proptest::sample::select;
use secretstack::secret::schedule::{Rules, Schedule, ScheduleError, Window};

const WEEKDAYS: [&str; 7] = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
const MONTHS: [&str; 12] = [
    "JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC",
];

/// A field's text with the values it means.
#[derive(Clone, Debug)]
struct Field {
    text: String,
    values: BTreeSet<u32>,
}

impl Field {
    fn all(first: u32, last: u32) -> Self {
        Self {
            text: "*".to_owned(),
            values: (first..=last).collect(),
        }
    }
}

/// The two fields for days.
#[derive(Clone, Debug)]
enum DayFields {
    OfMonth(Field),
    LastOfMonth,
    OfWeek(Field),
    LastOfWeek,
    /// The weekday from 1, the text, and which one of the month; `None` for the last.
    OneOfMonth(u32, String, Option<u32>),
    /// The last such weekday, in the field for the day of the month.
    LastInFirstField(u32),
}

#[derive(Clone, Debug)]
struct Calendar {
    hours: Field,
    days: DayFields,
    months: Field,
}

impl Calendar {
    fn text(&self) -> String {
        let (of_month, of_week) = match &self.days {
            DayFields::OfMonth(field) => (field.text.clone(), "?".to_owned()),
            DayFields::LastOfMonth => ("L".to_owned(), "?".to_owned()),
            DayFields::OfWeek(field) => ("?".to_owned(), field.text.clone()),
            DayFields::LastOfWeek => ("?".to_owned(), "L".to_owned()),
            DayFields::OneOfMonth(_, day, Some(nth)) => ("?".to_owned(), format!("{day}#{nth}")),
            DayFields::OneOfMonth(_, day, None) => ("?".to_owned(), format!("{day}L")),
            DayFields::LastInFirstField(day) => {
                (format!("{}L", name(&WEEKDAYS, *day)), "?".to_owned())
            }
        };
        let Self { hours, months, .. } = self;
        format!(
            "cron(0 {} {of_month} {} {of_week} *)",
            hours.text, months.text
        )
    }

    fn opens_on(&self, day: NaiveDate) -> bool {
        let weekday = day.weekday().number_from_sunday();
        let weeks_away = |weeks: i64| day + TimeDelta::weeks(weeks);
        let is_last = weeks_away(1).month() != day.month();
        self.months.values.contains(&day.month())
            && match &self.days {
                DayFields::OfMonth(field) => field.values.contains(&day.day()),
                DayFields::LastOfMonth => day.succ_opt().unwrap().day() == 1,
                DayFields::OfWeek(field) => field.values.contains(&weekday),
                DayFields::LastOfWeek => weekday == 7,
                DayFields::OneOfMonth(wanted, _, Some(nth)) => {
                    let before = (1..=5_i64)
                        .filter(|weeks| weeks_away(-weeks).month() == day.month())
                        .count();
                    weekday == *wanted && u32::try_from(before).unwrap() + 1 == *nth
                }
                DayFields::OneOfMonth(wanted, _, None) | DayFields::LastInFirstField(wanted) => {
                    weekday == *wanted && is_last
                }
            }
    }

    /// When windows open on and after a day, until 40 years later.
    fn starts(&self, from: NaiveDate) -> impl Iterator<Item = DateTime<Utc>> {
        from.iter_days()
            .take(40 * 366)
            .filter(|day| self.opens_on(*day))
            .flat_map(|day| {
                let opens = move |hour: &u32| day.and_hms_opt(*hour, 0, 0).unwrap().and_utc();
                self.hours.values.iter().map(opens)
            })
    }

    fn leaves_out_a_year(&self) -> bool {
        let first = NaiveDate::from_ymd_opt(2001, 1, 1).unwrap();
        let starts = || self.starts(first).take_while(|start| start.year() < 2030);
        let years: BTreeSet<_> = starts().map(|start| start.year()).collect();
        // A fifth Sunday from June to August comes each year, and sometimes more than a year after the last.
        let mut gaps = starts().zip(starts().skip(1));
        (2001..2029).any(|year| !years.contains(&year))
            || gaps.any(|(one, next)| (next - one).num_days() > 371)
    }
}

fn name(names: &[&str], value: u32) -> String {
    names[usize::try_from(value).unwrap() - 1].to_owned()
}

/// A value by its number, or by its name if it has one.
fn value(
    first: u32,
    last: u32,
    names: &'static [&'static str],
) -> impl Strategy<Value = (u32, String)> {
    (first..=last, any::<bool>()).prop_map(move |(value, named)| {
        if named && !names.is_empty() {
            (value, name(names, value))
        } else {
            (value, value.to_string())
        }
    })
}

/// A value, a range, or an increment.
fn item(first: u32, last: u32, names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    let one = move || value(first, last, names);
    let single = one().prop_map(|(value, text)| Field {
        text,
        values: BTreeSet::from([value]),
    });
    let range = (one(), one()).prop_map(|(one, other)| {
        let ((from, from_text), (to, to_text)) = if one.0 <= other.0 {
            (one, other)
        } else {
            (other, one)
        };
        Field {
            text: format!("{from_text}-{to_text}"),
            values: (from..=to).collect(),
        }
    });
    let start = prop_oneof![
        3 => one(),
        1 => select(vec!["", "*"]).prop_map(move |text| (first, text.to_owned())),
    ];
    let increment = (start, 1..=last).prop_map(move |((from, from_text), step)| Field {
        text: format!("{from_text}/{step}"),
        values: (from..=last)
            .filter(|value| (value - from) % step == 0)
            .collect(),
    });
    prop_oneof![single, range, increment]
}

fn field(first: u32, last: u32, names: &'static [&'static str]) -> impl Strategy<Value = Field> {
    let list = vec(item(first, last, names), 1..4).prop_map(|items| Field {
        text: items
            .iter()
            .map(|item| item.text.as_str())
            .collect::<Vec<_>>()
            .join(","),
        values: items.into_iter().flat_map(|item| item.values).collect(),
    });
    prop_oneof![1 => Just(Field::all(first, last)), 3 => list]
}

fn hours() -> impl Strategy<Value = Field> {
    let single = (0..24_u32).prop_map(|hour| Field {
        text: hour.to_string(),
        values: BTreeSet::from([hour]),
    });
    let increment = (prop_oneof![0..24_u32, Just(24)], 4..24_u32).prop_map(|(from, step)| {
        let (from, text) = if from == 24 {
            (0, String::new())
        } else {
            (from, from.to_string())
        };
        Field {
            text: format!("{text}/{step}"),
            values: (0..24)
                .filter(|hour| *hour >= from && (hour - from) % step == 0)
                .collect(),
        }
    });
    prop_oneof![single, increment]
}

fn day_fields() -> impl Strategy<Value = DayFields> {
    let weekday = || value(1, 7, &WEEKDAYS);
    prop_oneof![
        4 => field(1, 31, &[]).prop_map(DayFields::OfMonth),
        1 => Just(DayFields::LastOfMonth),
        3 => field(1, 7, &WEEKDAYS).prop_map(DayFields::OfWeek),
        1 => Just(DayFields::LastOfWeek),
        2 => (weekday(), 1..=5_u32)
            .prop_map(|((day, text), nth)| DayFields::OneOfMonth(day, text, Some(nth))),
        1 => weekday().prop_map(|(day, text)| DayFields::OneOfMonth(day, text, None)),
        1 => (1..=7_u32).prop_map(DayFields::LastInFirstField),
    ]
}

fn calendars() -> impl Strategy<Value = Calendar> {
    (hours(), day_fields(), field(1, 12, &MONTHS)).prop_map(|(hours, days, months)| Calendar {
        hours,
        days,
        months,
    })
}

/// Times with seconds and milliseconds, in years that have leap days (2024, 2028) and one that has not (2100), and on
/// full hours of them.
fn times() -> impl Strategy<Value = DateTime<Utc>> {
    let anchors = select(vec![1_700_000_000_i64, 1_830_000_000, 4_090_000_000]);
    let full_hours = any::<bool>();
    (anchors, 0..40_000_000_i64, 0..1000_i64, full_hours).prop_map(
        |(anchor, seconds, milliseconds, full_hour)| {
            let seconds = anchor + seconds;
            if full_hour {
                DateTime::from_timestamp(seconds - seconds % 3600, 0).unwrap()
            } else {
                DateTime::from_timestamp_millis(seconds * 1000 + milliseconds).unwrap()
            }
        },
    )
}

fn rules(expression: &str) -> Rules {
    Rules {
        expression: Some(expression.into()),
        ..Rules::default()
    }
}

fn midnight_after(time: DateTime<Utc>) -> DateTime<Utc> {
    time.date_naive()
        .succ_opt()
        .unwrap()
        .and_hms_opt(0, 0, 0)
        .unwrap()
        .and_utc()
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    /// Each window of a calendar is visited, in order, and no other; and it ends as its kind does.
    #[test]
    fn a_calendar_opens_exactly_the_windows_its_fields_mean(
        calendar in calendars(),
        from in times(),
    ) {
        let text = calendar.text();
        if calendar.leaves_out_a_year() {
            prop_assert_eq!(Schedule::parse(&rules(&text)), Err(ScheduleError::Invalid));
            return Ok(());
        }
        let schedule = Schedule::parse(&rules(&text)).unwrap().unwrap();
        let in_hours = calendar.hours.values.len() > 1;
        let mut now = from;
        let expected = calendar.starts(from.date_naive()).filter(|start| *start > from);
        for start in expected.take(200).take_while(|start| start.year() < from.year() + 8) {
            // What is between two windows has the same next one as the first.
            let between = now + (start - now) / 2;
            for now in [now, between, start - TimeDelta::milliseconds(1)] {
                let Window { start: opens, end } = schedule.next_window(from, now).unwrap();
                prop_assert_eq!(opens, start, "{} after {}", text, now);
                let whole_day = midnight_after(start) - TimeDelta::seconds(1);
                prop_assert_eq!(end, if in_hours { start + TimeDelta::hours(1) } else { whole_day });
            }
            now = start;
        }
    }

    /// No two windows of a calendar lie further apart than it says.
    #[test]
    fn no_gap_of_a_calendar_is_longer_than_its_days(calendar in calendars(), from in times()) {
        if let Ok(Some(schedule)) = Schedule::parse(&rules(&calendar.text())) {
            let starts: Vec<_> = calendar.starts(from.date_naive()).take(100).collect();
            let longest = starts.windows(2).map(|pair| pair[1] - pair[0]).max().unwrap();
            prop_assert!(longest <= TimeDelta::days(schedule.days().into()), "{}", calendar.text());
        }
    }

    /// Which durations a calendar has room for, told by its windows.
    #[test]
    fn a_window_never_reaches_the_next_one_or_the_next_day(
        calendar in calendars(),
        hours in 1..=24_u32,
        from in times(),
    ) {
        let given = Rules { duration: Some(format!("{hours}h").into()), ..rules(&calendar.text()) };
        let length = TimeDelta::hours(hours.into());
        let first = calendar.starts(from.date_naive()).next();
        let Some(day) = first.map(|start| start.date_naive()) else { return Ok(()) };
        let mut ends: Vec<_> = calendar.starts(day).take_while(|start| start.date_naive() == day).collect();
        ends.push(midnight_after(ends[0]));
        let fits = ends.windows(2).all(|pair| pair[0] + length <= pair[1]);
        match Schedule::parse(&given) {
            Ok(schedule) => {
                prop_assert!(fits, "{:?}", given);
                let window = schedule.unwrap().next_window(from, from).unwrap();
                prop_assert_eq!(window.end - window.start, length);
            }
            Err(error) => {
                prop_assert_eq!(error, ScheduleError::Invalid);
                prop_assert!(!fits || calendar.leaves_out_a_year(), "{:?}", given);
            }
        }
    }

    #[test]
    fn an_interval_in_days_opens_a_window_on_each_of_its_days(
        interval in 1..=1000_u16,
        duration in proptest::option::of(1..=24_u32),
        last_rotation in times(),
        later in 0..4_000_u64,
    ) {
        let given = Rules {
            after_days: Some(interval),
            duration: duration.map(|hours| format!("{hours}h").into()),
            expression: None,
        };
        let schedule = Schedule::parse(&given).unwrap().unwrap();
        let now = last_rotation + Days::new(later);
        let Window { start, end } = schedule.next_window(last_rotation, now).unwrap();
        prop_assert!(now < start && start < end);
        let opens = start.date_naive();
        let distance = (opens - last_rotation.date_naive()).num_days();
        prop_assert!(distance > 0 && distance % i64::from(interval) == 0);
        // The window before it is over.
        prop_assert!(opens - TimeDelta::days(interval.into()) <= now.date_naive());
        let midnight = opens.and_hms_opt(0, 0, 0).unwrap().and_utc();
        prop_assert_eq!(end, match duration {
            Some(hours) => midnight + TimeDelta::hours(hours.into()),
            None => midnight_after(midnight) - TimeDelta::seconds(1),
        });
        prop_assert!(start == midnight || start == now + TimeDelta::milliseconds(1));
    }

    #[test]
    fn an_interval_in_hours_opens_a_window_on_each_of_its_hours(
        interval in 4..=200_u32,
        last_rotation in times(),
        later in 0..10_000_000_i64,
    ) {
        let schedule = Schedule::parse(&rules(&format!("rate({interval} hours)"))).unwrap().unwrap();
        let now = last_rotation + TimeDelta::seconds(later);
        let Window { start, end } = schedule.next_window(last_rotation, now).unwrap();
        prop_assert!(now < start);
        prop_assert_eq!((start.minute(), start.second(), start.nanosecond()), (0, 0, 0));
        prop_assert_eq!(end - start, TimeDelta::hours(1));
        let hour_of_rotation = last_rotation.timestamp() / 3600;
        let distance = start.timestamp() / 3600 - hour_of_rotation;
        prop_assert!(distance > 0 && distance % i64::from(interval) == 0);
        prop_assert!(start - TimeDelta::hours(interval.into()) <= now);
    }

    /// Rotated each time a window opens, an interval goes on at its pace.
    #[test]
    fn stepping_from_rotation_to_rotation_keeps_the_interval(
        days in btree_set(1..=999_u16, 1..4),
        from in times(),
    ) {
        for days in days {
            let schedule = Schedule::parse(&rules(&format!("rate({days} days)"))).unwrap().unwrap();
            let mut now = from;
            let mut day = from.date_naive();
            for _ in 0..50 {
                let window = schedule.next_window(now, now).unwrap();
                day = day + Days::new(days.into());
                prop_assert_eq!(window.start, day.and_hms_opt(0, 0, 0).unwrap().and_utc());
                now = window.start + TimeDelta::minutes(7);
            }
        }
    }

    #[test]
    fn no_text_is_too_strange(
        expression in prop_oneof![
            any::<String>(),
            "(rate|cron)\\([0-9A-Za-z#?*/, -]{0,30}\\)",
            "cron\\(0( [0-9LSUNMOJAF#?*/,-]{1,6}){4} \\*\\)",
        ],
        duration in proptest::option::of(".{0,4}"),
        after_days in proptest::option::of(any::<u16>()),
        now in times(),
    ) {
        let given = Rules {
            after_days,
            duration: duration.map(Into::into),
            expression: Some(expression.into()),
        };
        if let Ok(Some(schedule)) = Schedule::parse(&given) {
            prop_assert!((1..=1000).contains(&schedule.days()));
            prop_assert!(schedule.next_window(now, now).unwrap().start > now);
        }
    }
}
