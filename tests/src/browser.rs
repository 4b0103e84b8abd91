//! Chromium, headless, driven as a person would: looking for words, clicking, typing.

mod check;
mod driver;
mod pictures;

pub use pictures::{DESKTOP, PHONE, Size, THEMES};

use crate::{form, needs, wait};
use driver::Driver;
use fantoccini::{Locator, elements::Element, error::CmdError};
use serde_json::{Value, json};

/// Whether pages may run scripts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scripts {
    /// As people have it.
    On,
    /// As it is before the script has arrived, or where it never does.
    Off,
}

/// What a browser test needs.
pub const NEEDS: [&str; 4] = [needs::PROGRAM, needs::SITE, needs::CHROMIUM, needs::CHROMEDRIVER];

/// An open browser on one server.
#[derive(Debug)]
pub struct Browser {
    base: String,
    scripts: Scripts,
    driver: Driver,
}

impl Browser {
    /// Opens one, as large as a desktop's, with an empty profile.
    ///
    /// # Panics
    /// When it does not start.
    pub async fn start(base: &str, scripts: Scripts) -> Self {
        let driver = Driver::start(scripts == Scripts::On).await;
        let browser = Self { base: base.to_owned(), scripts, driver };
        browser.resize(DESKTOP).await;
        browser
    }

    /// Closes it.
    pub async fn close(self) {
        self.driver.close().await;
    }

    /// Goes to a page and waits until it can be used.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn open(&self, path: &str) {
        self.driver.client.goto(&format!("{}{path}", self.base)).await.expect("the page opens");
        self.ready().await;
    }

    /// Waits until the page that is open can be used: with scripts, until they have taken it over.
    pub async fn ready(&self) {
        if self.scripts == Scripts::On {
            wait::until("the page has been taken over by its script", || async {
                let script =
                    "return document.readyState === 'complete' && document.documentElement.hasAttribute('data-ready')";
                self.script(script).await.as_bool().filter(|ready| *ready)
            })
            .await;
        }
    }

    /// Runs a script in the page; null when it could not be run, such as while another page is on its way.
    pub async fn script(&self, script: &str) -> Value {
        self.driver.client.execute(script, Vec::new()).await.unwrap_or_default()
    }

    /// The path and query of the page that is open.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn place(&self) -> String {
        let url = self.driver.client.current_url().await.expect("there is a page");
        url.as_str().strip_prefix(&self.base).unwrap_or_else(|| url.as_str()).to_owned()
    }

    /// Waits until the open page's path begins with `start`, and can be used.
    pub async fn arrives(&self, start: &str) -> String {
        let what = format!("the page is {start}…");
        let place =
            wait::until(what, || async { Some(self.place().await).filter(|place| place.starts_with(start)) }).await;
        self.ready().await;
        place
    }

    /// What a person can read in an element; nothing when it is not there.
    pub async fn words(&self, selector: &str) -> String {
        match self.driver.client.find(Locator::Css(selector)).await {
            Ok(element) => element.text().await.unwrap_or_default(),
            Err(_) => String::new(),
        }
    }

    /// Waits until the page says `words` in an element, without being loaded anew.
    pub async fn says(&self, selector: &str, words: &str) {
        self.says_one_of(selector, &[words]).await;
    }

    /// Waits until the page says one of these in an element; gives which.
    ///
    /// # Panics
    /// When it says none of them for long.
    pub async fn says_one_of<'a>(&self, selector: &str, words: &[&'a str]) -> &'a str {
        let look = || async {
            let text = self.words(selector).await.to_lowercase();
            words.iter().copied().find(|word| text.contains(&word.to_lowercase()))
        };
        match wait::within(wait::PATIENCE, look).await {
            Some(word) => word,
            None => {
                let (place, text) = (self.place().await, self.words(selector).await);
                panic!("{place} does not say {words:?} in {selector}; it says:\n{text}")
            }
        }
    }

    /// Waits for an element that can be seen.
    ///
    /// # Panics
    /// When there is none for long.
    pub async fn find(&self, selector: &str) -> Element {
        self.seen(Locator::Css(selector), selector).await
    }

    /// Whether there is such an element now.
    pub async fn has(&self, selector: &str) -> bool {
        self.driver.client.find(Locator::Css(selector)).await.is_ok()
    }

    /// Clicks the link, button or summary that reads `words`, when it is there.
    ///
    /// # Panics
    /// When there is none for long.
    pub async fn press(&self, words: &str) {
        let path = format!(
            "//*[self::a or self::button or self::summary][contains(normalize-space(.), \"{words}\")][not(@aria-hidden='true')][not(ancestor::dialog[not(@open)])]"
        );
        self.act(Locator::XPath(&path), words, Act::Click).await;
    }

    /// Clicks an element when it is there.
    ///
    /// # Panics
    /// When there is none for long.
    pub async fn click(&self, selector: &str) {
        self.act(Locator::Css(selector), selector, Act::Click).await;
    }

    /// Types into the field of that name, in place of what stood there; chooses when it is a list.
    ///
    /// # Panics
    /// When there is none for long.
    pub async fn fill(&self, name: &str, text: &str) {
        let selector = format!(":is(input, select, textarea)[name=\"{name}\"]");
        self.act(Locator::Css(&selector), name, Act::Fill(text)).await;
    }

    /// Presses keys wherever the focus is: `fantoccini::key::Key` values as text.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn keys(&self, keys: &str) {
        let focus = self.driver.client.active_element().await.expect("something has the focus");
        focus.send_keys(keys).await.expect("keys can be pressed");
    }

    /// Presses a letter together with Control, wherever the focus is.
    pub async fn control(&self, letter: char) {
        let code = format!("Key{}", letter.to_ascii_uppercase());
        for kind in ["rawKeyDown", "keyUp"] {
            let key = letter.to_string();
            let number = u32::from(letter.to_ascii_uppercase());
            let event =
                json!({"type": kind, "modifiers": 2, "key": key, "code": code, "windowsVirtualKeyCode": number});
            self.driver.chrome("Input.dispatchKeyEvent", event).await;
        }
    }

    /// Signs in by the page.
    pub async fn sign_in(&self, person: crate::Person) {
        self.open("/sign-in").await;
        self.fill("login", person.login).await;
        self.fill("password", person.password).await;
        self.click("form[action='/sign-in'] button[type=submit]").await;
        wait::until("the person is signed in", || async {
            Some(self.place().await).filter(|place| !place.starts_with("/sign-in"))
        })
        .await;
        self.ready().await;
    }

    /// Forgets everything it has downloaded.
    pub async fn forget_cache(&self) {
        self.driver.chrome("Network.clearBrowserCache", json!({})).await;
    }

    /// The open page's HTML.
    ///
    /// # Panics
    /// When the browser fails.
    pub async fn html(&self) -> String {
        self.driver.client.source().await.expect("there is a page")
    }

    /// The first form of the open page whose action contains `action`.
    pub async fn form(&self, action: &str) -> Option<form::Form> {
        form::Form::find(&self.html().await, action)
    }

    async fn seen(&self, locator: Locator<'_>, what: &str) -> Element {
        let found = wait::within(wait::PATIENCE, || async {
            for element in self.driver.client.find_all(locator).await.ok()? {
                if element.is_displayed().await.unwrap_or(false) {
                    return Some(element);
                }
            }
            None
        })
        .await;
        match found {
            Some(element) => element,
            None => {
                let (place, text) = (self.place().await, self.words("body").await);
                panic!("there is no {what} on {place}; it reads:\n{text}")
            }
        }
    }

    /// Finds and acts, again when the page redrew in between.
    async fn act(&self, locator: Locator<'_>, what: &str, act: Act<'_>) {
        let end = std::time::Instant::now() + wait::PATIENCE;
        loop {
            let element = self.seen(locator, what).await;
            match act.on(&element).await {
                Ok(()) => return,
                Err(error) if std::time::Instant::now() > end => panic!("{what}: {error}"),
                Err(_) => tokio::task::yield_now().await,
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Act<'a> {
    Click,
    Fill(&'a str),
}

impl Act<'_> {
    async fn on(self, element: &Element) -> Result<(), CmdError> {
        match self {
            Self::Click => element.click().await,
            Self::Fill(text) if element.tag_name().await? == "select" => element.select_by_value(text).await,
            Self::Fill(text) => {
                element.clear().await?;
                element.send_keys(text).await
            }
        }
    }
}
