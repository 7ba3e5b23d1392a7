//! The page that registers the App: a form with the manifest, and what it says in words.

use super::App;

const STYLE: &str = "body{font:16px/1.5 system-ui,sans-serif;max-width:44rem;margin:3rem auto;padding:0 1rem;color:#1f2328;background:#fff}\
table{border-collapse:collapse;width:100%}th,td{text-align:left;padding:.3rem .6rem;border-bottom:1px solid #d1d9e0}\
button{font:inherit;padding:.6rem 1.2rem;border:0;border-radius:6px;background:#1a7f37;color:#fff;cursor:pointer}\
code{font-family:ui-monospace,monospace}@media(prefers-color-scheme:dark){body{color:#f0f6fc;background:#0d1117}th,td{border-color:#3d444d}}";

pub(super) fn page(app: &App, state: &str) -> String {
    let rows: String = app
        .permissions()
        .map(|permission| {
            format!(
                "<tr><td><code>{}</code></td><td>{}</td><td>{}</td></tr>\n",
                permission.name, permission.level, permission.why
            )
        })
        .collect();
    let owner = app.fork.split('/').next().unwrap_or_default();
    format!(
        "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n\
         <meta name=\"viewport\" content=\"width=device-width\">\n<title>Register Uptake on GitHub</title>\n<style>{STYLE}</style>\n</head>\n<body>\n\
         <h1>Register Uptake on GitHub</h1>\n\
         <p>The button asks GitHub to register an App named <b>{name}</b> for <b>{owner}</b>. GitHub shows it once more before\n\
         anything is made, and lets you change the name. Only {owner} can install it; install it on <b>{fork}</b> alone.</p>\n\
         <table>\n<thead><tr><th>It may</th><th>how</th><th>so as to</th></tr></thead>\n<tbody>\n{rows}</tbody>\n</table>\n\
         <p>{events}</p>\n\
         <form action=\"{address}\" method=\"post\">\n<input type=\"hidden\" name=\"manifest\" value=\"{manifest}\">\n\
         <button type=\"submit\">Register on GitHub</button>\n</form>\n</body>\n</html>\n",
        name = escape(&app.name),
        owner = escape(owner),
        fork = escape(&app.fork),
        events = escape(&app.told_events()),
        address = escape(&app.address(state)),
        manifest = escape(&app.manifest().to_string()),
    )
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;").replace('\'', "&#39;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_form_holds_the_manifest_whatever_the_names_are() {
        let app = App { name: "<b>\"'&".into(), ..App::of("some&one/fork") };
        let page = page(&app, "abc");
        let value =
            page.split_once("name=\"manifest\" value=\"").and_then(|(_, rest)| rest.split_once('"')).expect("a form").0;
        let plain = value
            .replace("&quot;", "\"")
            .replace("&lt;", "<")
            .replace("&gt;", ">")
            .replace("&#39;", "'")
            .replace("&amp;", "&");
        assert_eq!(plain, app.manifest().to_string());
        assert!(!page.contains("<b>\""), "{page}");
    }
}
