//! Several pages as one.

use serde_json::{Value, json};

/// The data of several pages as that of one: their runs one after the other. `None` when one of them is no such data.
pub fn join(pages: Vec<Value>) -> Option<Value> {
    let mut pages = pages.into_iter();
    let mut whole = pages.next()?;
    for mut page in pages {
        let layouts = page["layouts"].as_array()?.iter();
        let new = layouts.map(|layout| place_of(layout, &mut whole)).collect::<Option<Vec<_>>>()?;
        let scenarios = page["scenarios"].as_array_mut()?;
        let rows = scenarios.iter_mut().filter_map(|scenario| scenario["rows"].as_array_mut());
        for packet in rows.flatten().filter_map(|row| row.get_mut("packet")) {
            let old = usize::try_from(packet["layout"].as_u64()?).ok()?;
            packet["layout"] = json!(new.get(old)?);
        }
        whole["scenarios"].as_array_mut()?.append(scenarios);
    }
    Some(whole)
}

/// Where a layout is in the layouts of a page, at the end if it was not there.
fn place_of(layout: &Value, page: &mut Value) -> Option<usize> {
    let layouts = page["layouts"].as_array_mut()?;
    let known = layouts.iter().position(|known| known == layout);
    Some(known.unwrap_or_else(|| {
        layouts.push(layout.clone());
        layouts.len() - 1
    }))
}
