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

#[cfg(test)]
mod tests {
    use super::*;

    fn page(id: &str, layouts: Value, layout: usize) -> Value {
        let rows =
            json!([{ "kind": "phase" }, { "kind": "packet", "packet": { "layout": layout } }]);
        json!({ "layouts": layouts, "scenarios": [{ "id": id, "rows": rows }] })
    }

    #[test]
    fn each_packet_keeps_its_layout() {
        let (a, b, c) = (json!([[0, 0, 4]]), json!([[1, 0, 8]]), json!([[2, 0, 16]]));
        let one = page("one", json!([a, b]), 1);
        let two = page("two", json!([c, b]), 1);
        let three = page("three", json!([c]), 0);
        let whole = join(vec![one.clone(), two, three]).unwrap();
        assert_eq!(whole["layouts"], json!([a, b, c]));
        let of = |index: usize| &whole["scenarios"][index]["rows"][1]["packet"]["layout"];
        assert_eq!([of(0), of(1), of(2)], [&json!(1), &json!(1), &json!(2)]);
        assert_eq!(join(vec![one.clone()]), Some(one));
        assert_eq!(join(vec![json!({}), json!({})]), None);
        assert_eq!(join(vec![page("wrong", json!([]), 7), page("x", json!([]), 7)]), None);
    }
}
