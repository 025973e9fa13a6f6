//! Events stand in the order in which they happened, as far as that can be known.

use ladder::timeline::{Event, Happening, Recorded, sort};

fn event(program: usize, what: Happening, milliseconds: u64, check: usize) -> Event {
    let check = (check > 0).then_some(check);
    let event = Event::new(milliseconds * 1_000_000, what, "");
    Event { program: Some(program), check, ..event }
}

fn sorted(mut events: Vec<Event>) -> Vec<usize> {
    sort(&mut events);
    events.iter().map(|event| event.check.unwrap_or(0)).collect()
}

#[test]
fn what_is_simultaneous_stands_in_the_scenarios_order() {
    let result = |program, at, check| event(program, Happening::Printed, at, check);
    let status = |program| event(program, Happening::Said(Recorded::default()), 10, 0);
    assert_eq!(sorted(vec![result(0, 10, 2), result(1, 11, 1)]), [1, 2]);
    assert_eq!(sorted(vec![result(0, 10, 3), result(1, 11, 2), result(2, 12, 1)]), [1, 2, 3]);
    let happened = sorted(vec![result(0, 10, 2), result(1, 20, 1)]);
    assert_eq!(happened, [2, 1], "this is what happened");
    assert_eq!(sorted(vec![status(0), result(0, 10, 1)]), [1, 0]);
    assert_eq!(sorted(vec![status(1), result(0, 10, 1)]), [0, 1]);
}
