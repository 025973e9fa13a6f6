//! The scenarios are whole: what is started ends, and what is named is there.

use std::path::Path;

use ladder::play::{Staging, play};
use ladder::scenario::Action::{self, *};
use ladder::scenario::{SCENARIOS, Scenario};
use ladder::{guest, lessons, scenario, stored};

#[test]
fn the_steps_have_their_lessons_and_commands() {
    for (number, scenario) in (1..).zip(SCENARIOS) {
        assert_eq!(scenario.lesson, format!("docs/lessons/{number:02}-{}.md", scenario.step));
        assert!(scenario.waiting.starts_with("cargo ") && scenario.calling.starts_with("cargo "));
        assert!(format!("{} {}", scenario.waiting, scenario.calling).contains(scenario.step));
        assert!(scenario::find(scenario.step).is_some());
    }
    assert_eq!(SCENARIOS.len(), 7);
}

#[test]
fn each_step_can_be_played_by_a_guest() {
    let steps: Vec<&str> = SCENARIOS.iter().map(|scenario| scenario.step).collect();
    assert_eq!(guest::steps(), steps);
    for step in steps {
        let scenario = guest::scenario(step).unwrap();
        assert!(guest::appearances(&scenario) > 0, "{step}");
        let starts = scenario.script.iter().filter_map(|action| match action {
            Waits(name, command) | Calls(name, command) => Some((name, command)),
            _ => None,
        });
        let guests: Vec<_> =
            starts.filter(|(_, command)| command.starts_with(scenario::GUEST)).collect();
        for action in scenario.script {
            // A text in a form of its own choice; no sentence of ours.
            let (is_fair, name) = match action {
                Prints(name, line) => (line.starts_with('*') && line.ends_with('*'), name),
                Reports(name, _) => (false, name),
                _ => continue,
            };
            let is_guest = guests.iter().any(|(guest, _)| *guest == name);
            assert!(is_fair || !is_guest, "{step}: {action:?}");
        }
    }
}

#[test]
fn every_program_is_started_before_it_acts_and_ends_before_the_scenario_does() {
    let guests: Vec<Scenario> = guest::steps().into_iter().filter_map(guest::scenario).collect();
    for scenario in SCENARIOS.iter().chain(&guests) {
        let mut running = Vec::new();
        for action in scenario.script {
            match *action {
                Waits(name, _) | Calls(name, _) => {
                    assert!(!running.contains(&name), "{}: {name} is started twice", scenario.step);
                    running.push(name);
                }
                Types(name, _)
                | EndsInput(name)
                | Interrupts(name)
                | Prints(name, _)
                | Reports(name, _) => {
                    assert!(running.contains(&name), "{}: {name} is not running", scenario.step);
                }
                Ends(name, _) => running.retain(|running| *running != name),
                HasFile(..) | SameFile(_) | Action::Pauses(_) => {}
            }
        }
        assert!(running.is_empty(), "{}: {running:?} are left running", scenario.step);
    }
}

#[test]
fn each_name_is_one_thing() {
    for name in lessons::names() {
        assert_eq!(lessons::names().iter().filter(|other| **other == name).count(), 1, "{name}");
        assert!(lessons::find(name).is_some_and(|lesson| lesson.scenario.step == name));
    }
}

#[test]
fn the_page_of_each_shows_its_picture() {
    let root = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../..");
    for scenario in SCENARIOS.iter().chain(lessons::LESSONS) {
        let page = std::fs::read_to_string(root.join(scenario.lesson)).unwrap_or_default();
        let picture = format!("(../pictures/{}.svg)", scenario.step);
        assert!(page.contains(&picture), "{} doesn't show {picture}", scenario.lesson);
    }
}

#[test]
fn each_step_and_lesson_has_its_ladder() {
    for name in lessons::names() {
        let text = stored::ladder(name).unwrap();
        assert!(text.starts_with(&format!("{name}: ")), "{name}");
        assert!(text.contains("[ESTABLISHED]") || text.contains("-- UDP "), "{name}");
    }
}

/// No other test in this file's program starts anything.
#[test]
fn after_ctrl_c_nothing_is_played() {
    testkit::running::interrupt(130);
    let played = play(&SCENARIOS[0], Path::new("/nonexistent"), &Staging::default());
    assert!(played.timeline.events.is_empty() && played.failure.is_none());
}
