//! Signing in and out, and the first administrator.

use crate::app::{ADMIN, TestApp};
use http::{StatusCode, header};
use slipway_domain::time::{DAY, MINUTE};

#[tokio::test]
async fn the_setup_link_works_once() {
    let app = TestApp::empty().await;
    let secret = app.setup_secret().await;
    let form =
        |token: &str, login: &str| format!("token={token}&login={login}&display_name=Ada&password=a+sentence+for+ada");

    let wrong = app.form("/setup", "", &form("wrong", "ada")).await;
    assert!(wrong.location().starts_with("/setup?token=wrong&error="), "{}", wrong.location());
    let short = app.form("/setup", "", &format!("token={secret}&login=ada&display_name=Ada&password=short")).await;
    assert!(short.location().contains("error="), "{}", short.location());

    let made = app.form("/setup", "", &form(&secret, "ada")).await;
    assert_eq!((made.status, made.location()), (StatusCode::SEE_OTHER, "/"));
    assert_eq!(app.get_as(&made.cookie(), "/api/v1/services").await.status, StatusCode::OK);

    let again = app.form("/setup", "", &form(&secret, "eve")).await;
    assert!(again.location().contains("error="), "{}", again.location());
    assert!(again.cookie().is_empty());
}

#[tokio::test]
async fn a_session_lasts_until_it_is_ended() {
    let app = TestApp::start().await;
    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    assert_eq!(app.get_as(&cookie, "/api/v1/services").await.status, StatusCode::OK);
    let out = app.form("/sign-out", &cookie, "").await;
    assert_eq!(out.location(), "/sign-in");
    assert!(out.header(header::SET_COOKIE).contains("Max-Age=0"));
    assert_eq!(app.get_as(&cookie, "/api/v1/services").await.status, StatusCode::UNAUTHORIZED);

    let cookie = app.sign_in(ADMIN.0, ADMIN.1).await;
    app.clock.forward(15 * DAY);
    assert_eq!(app.get_as(&cookie, "/api/v1/services").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
async fn the_cookie_is_out_of_reach_of_scripts_and_other_sites() {
    let app = TestApp::start().await;
    let answer = app.form("/sign-in", "", "login=ada&password=a+sentence+for+ada&next=/services").await;
    assert_eq!(answer.location(), "/services");
    let cookie = answer.header(header::SET_COOKIE);
    for part in ["slipway_session=", "HttpOnly", "SameSite=Lax", "Path=/", "Max-Age=1209600"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let elsewhere = app.form("/sign-in", "", "login=ada&password=a+sentence+for+ada&next=//evil.example").await;
    assert_eq!(elsewhere.location(), "/");
}

#[tokio::test]
async fn a_wrong_login_and_a_wrong_password_are_answered_alike() {
    let app = TestApp::start().await;
    let error = |location: &str| location.split("error=").nth(1).unwrap().split('&').next().unwrap().to_owned();
    let password = app.form("/sign-in", "", "login=ada&password=wrong+sentence&next=/services").await;
    let login = app.form("/sign-in", "", "login=nobody&password=wrong+sentence").await;
    assert_eq!(error(password.location()), error(login.location()));
    assert!(password.location().contains("next=%2Fservices"), "{}", password.location());
    assert!(!password.location().contains("wrong"), "{}", password.location());
    assert!(password.cookie().is_empty() && login.cookie().is_empty());
}

#[tokio::test]
async fn guessing_is_stopped_for_a_quarter_of_an_hour() {
    let app = TestApp::start().await;
    for _ in 0..10 {
        app.form("/sign-in", "", "login=ada&password=wrong+sentence").await;
    }
    let right = app.form("/sign-in", "", "login=ada&password=a+sentence+for+ada").await;
    assert!(right.cookie().is_empty(), "the right password must not tell that it is right");
    assert!(right.location().contains("Too%20many"), "{}", right.location());
    app.clock.forward(16 * MINUTE);
    app.sign_in(ADMIN.0, ADMIN.1).await;
}
