//! Every code of a problem: stable words that programs go by, with the status they come with and what to do about them. The document,
//! the page `/docs/errors` and docs/API.md have them from here.

use std::collections::BTreeMap;

use super::table::{Need, Operation};

/// A code.
pub(crate) struct Code {
    pub(crate) code: &'static str,
    pub(crate) status: u16,
    pub(crate) en: &'static str,
    pub(crate) zh: &'static str,
}

const fn code(code: &'static str, status: u16, en: &'static str, zh: &'static str) -> Code {
    Code { code, status, en, zh }
}

/// All of them, by status.
pub(crate) const CODES: &[Code] = &[
    code(
        "bad-body",
        400,
        "The body is JSON, and not of the form that is asked for; the line says where.",
        "请求体是JSON，但不符合所要求的格式；说明指出位置。",
    ),
    code("bad-json", 400, "The body is no JSON.", "请求体不是JSON。"),
    code(
        "bad-parameter",
        400,
        "A parameter of the path, the query or a header has a value that it does not take.",
        "路径、查询或请求头中的参数取值无效。",
    ),
    code("bad-request", 400, "The request cannot be read.", "请求无法识别。"),
    code(
        "unknown-parameter",
        400,
        "The query has a parameter that the operation does not know; those it knows are named.",
        "查询中有未知参数；说明列出可用参数。",
    ),
    code(
        "code-needed",
        401,
        "The password is right; the code of the second factor is asked for.",
        "密码正确，还需第二验证因素的验证码。",
    ),
    code(
        "not-signed-in",
        401,
        "Nobody signed in, or the token or session has ended.",
        "尚未登录，或令牌、会话已失效。",
    ),
    code(
        "wrong-login-or-password",
        401,
        "Account, password or code is wrong; which, is not said.",
        "登录名、密码或验证码不正确。",
    ),
    code("account-disabled", 403, "The account is closed.", "账户已停用。"),
    code(
        "cross-site",
        403,
        "A page of another site sent the request with a cookie of this one.",
        "请求由其他网站的页面发出。",
    ),
    code(
        "csrf",
        403,
        "A changing request that signs in by a cookie lacks the token of its session.",
        "以Cookie登录的修改请求缺少会话令牌。",
    ),
    code("forbidden", 403, "The role may not do this.", "该角色无权进行此项操作。"),
    code(
        "second-factor-first",
        403,
        "The role needs a second factor, which has to be set up before anything else.",
        "该角色须先设置第二验证因素。",
    ),
    code(
        "session-only",
        403,
        "Only whoever signed in does this, never a program with a token.",
        "只能登录后办理，不能使用令牌。",
    ),
    code("stale-form", 403, "A form of a page was filled in under another session.", "表单属于另一会话，已失效。"),
    code("token-scope", 403, "The token has no scope that reaches this.", "令牌的权限范围不包括此项操作。"),
    code("wrong-password-or-code", 403, "The password or the code is wrong.", "密码或验证码不正确。"),
    code("wrong-role", 403, "The action belongs to another role, which is named.", "此操作属于另一角色。"),
    code("no-case", 404, "There is no such case.", "没有此案件。"),
    code("no-file", 404, "The case has no such file.", "案件没有此文件。"),
    code(
        "not-found",
        404,
        "There is no such thing, or it is none of the caller's business: which, is not said.",
        "不存在，或与您无关。",
    ),
    code("not-yours", 404, "The case is none of the caller's.", "不是您的案件。"),
    code("unknown-action", 404, "The procedure has no such action.", "程序中没有此操作。"),
    code("unknown-procedure", 404, "There is no such procedure.", "没有此程序。"),
    code(
        "method-not-allowed",
        405,
        "The address does not take this method; `Allow` names those it takes.",
        "此地址不接受该方法。",
    ),
    code("timeout", 408, "The request took too long to arrive.", "请求超时。"),
    code("case-exists", 409, "There is a case under this id.", "该编号的案件已存在。"),
    code(
        "other-history",
        409,
        "The package tells another history of the case than the one kept here.",
        "案件包的历史与本库不同。",
    ),
    code("request-reused", 409, "The name of the request was used for another one.", "该请求名称已用于另一请求。"),
    code(
        "stale-version",
        409,
        "The case has gone on since the version that was seen: `more` has both. Read it again.",
        "案件已有更新：请重新读取。",
    ),
    code(
        "withheld",
        410,
        "What was sealed can no longer be read: it was forgotten, or its key is elsewhere.",
        "加密内容已无法读取。",
    ),
    code("file-size", 413, "The file is empty or larger than 20 MiB.", "文件为空或超过20 MiB。"),
    code("too-large", 413, "The request is larger than is taken.", "请求过大。"),
    code(
        "file-type",
        415,
        "The file is not what its name or content type says, or of no type that is taken.",
        "文件内容与其类型不符，或该类型不予接收。",
    ),
    code("media-type", 415, "The body is of a content type that is not taken.", "不支持该内容类型。"),
    code("account-not-closed", 422, "Only a closed account is forgotten.", "只有已停用的账户才能删除个人资料。"),
    code("account-not-active", 422, "The account cannot be used.", "账户未启用。"),
    code("bad-field", 422, "A field has a value it cannot have.", "字段取值无效。"),
    code("bad-name", 422, "A name or an id cannot be used.", "名称或编号不可用。"),
    code("bad-part", 422, "Something the action takes along is wrong; the line says what.", "办理所附内容有误。"),
    code("before-rule-base", 422, "The day lies before the rule base begins.", "该日早于规则库起始日。"),
    code(
        "clock-condition",
        422,
        "The facts do not say what a condition of the period needs.",
        "缺少期间条件所需的事实。",
    ),
    code("clock-convention", 422, "There is no such way of counting.", "没有此种计算方式。"),
    code("clock-range", 422, "The period leaves the calendar.", "期间超出日历范围。"),
    code("clock-run", 422, "The period cannot run that way.", "期间不能如此计算。"),
    code("clock-unknown", 422, "There is no such period.", "没有此期间。"),
    code("clock-went-back", 422, "The action would lie before the last one of the case.", "操作时间早于上一操作。"),
    code(
        "fact-value",
        422,
        "A fact is unknown to the rule base, or has a value it does not take.",
        "事实未知或取值无效。",
    ),
    code("facts-contradict", 422, "The facts cannot all be true.", "所述事实相互矛盾。"),
    code("facts-text", 422, "The facts cannot be read.", "事实无法读取。"),
    code("identity-taken", 422, "The external identity belongs to another account.", "该外部身份已属于另一账户。"),
    code(
        "incomplete",
        422,
        "The forms have gaps: `more.gaps` lists them, each with how to mend it.",
        "表单尚不完整：`more.gaps` 逐项列出。",
    ),
    code("last-administrator", 422, "This is the last administrator.", "这是最后一个管理员。"),
    code("login-taken", 422, "The login is in use.", "登录名已被使用。"),
    code(
        "marks-open",
        422,
        "Marks of an office wait for an answer: `more.at` lists their places.",
        "尚有未答复的标注：`more.at` 列出位置。",
    ),
    code("missing-name", 422, "It has to be said whom.", "请填写名称。"),
    code("missing-part", 422, "The action asks for a part that is not there.", "缺少此操作所需的内容。"),
    code("no-account", 422, "There is no such account.", "没有此账户。"),
    code("no-channel", 422, "The procedure is not filed that way.", "该程序不以此方式办理。"),
    code("no-invitation", 422, "The invitation no longer opens.", "邀请已失效。"),
    code("no-items", 422, "The necessity table has no item.", "必要性说明表中没有数据项。"),
    code("no-office-key", 422, "No key to sign with is set up for whoever asks.", "未配置签名密钥。"),
    code("no-organisation", 422, "There is no such organisation.", "没有此机构。"),
    code("no-permit", 422, "The case has no permit that is open.", "本案没有有效的许可。"),
    code("no-procedure", 422, "The procedure of the case is not known here.", "案件的程序在此不为所知。"),
    code("not-a-table", 422, "The file is no table that can be looked into.", "文件不是可识别的数据表。"),
    code("not-for-publication", 422, "It was not agreed that this be published.", "未同意公开。"),
    code("not-in-force", 422, "The action is not in force on the day.", "该操作当日不适用。"),
    code("not-open", 422, "The window for the action is not open.", "办理窗口尚未开放。"),
    code("not-over", 422, "What has to be over is not over yet.", "相关期间尚未届满。"),
    code("not-yet", 422, "What has to come first has not come yet.", "前置条件尚未满足。"),
    code("organisation-exists", 422, "There is an organisation under this id.", "机构已存在。"),
    code("other-region", 422, "The procedure is not for handlers of this region.", "该程序不适用于此地区。"),
    code("outside-calendar", 422, "The day lies outside the working-day calendar.", "该日超出工作日日历范围。"),
    code(
        "package",
        422,
        "The package does not hold together, or nobody trusted signed it.",
        "案件包不成立，或签名不受信任。",
    ),
    code("part-not-asked-for", 422, "The action does not take that along.", "此操作不需要该内容。"),
    code(
        "password-refused",
        422,
        "The password is too short, too long or too well known.",
        "密码过短、过长或过于常见。",
    ),
    code("role-and-scope", 422, "Role and scope do not go together.", "角色与管辖范围不符。"),
    code(
        "rules-conflict",
        422,
        "Two provisions give different paths, and neither gives way; both are named.",
        "两条规定给出不同路径，须由人判断。",
    ),
    code("rules-gap", 422, "No provision covers these facts.", "没有规定涵盖所述事实。"),
    code(
        "second-factor",
        422,
        "The second factor is not in a state in which this can be done.",
        "第二验证因素的状态不允许此操作。",
    ),
    code("set-up-already", 422, "The installation has an administrator.", "本系统已完成初始设置。"),
    code("taken-already", 422, "The action can be taken once only.", "该操作只能办理一次。"),
    code("too-early", 422, "A day lies too early.", "日期过早。"),
    code("too-late", 422, "The time for the action is over.", "已超过办理期限。"),
    code("wrong-state", 422, "The action does not go out from the state of the case.", "案件当前状态不能办理此操作。"),
    code(
        "too-many-attempts",
        429,
        "Too many failures; the line says from when on it may be tried again.",
        "失败次数过多，请稍后再试。",
    ),
    code("internal", 500, "Something here failed; the log says what. Nothing half-done stays.", "服务器内部错误。"),
    code("backup", 503, "The backup could not be made.", "备份未完成。"),
    code("closed", 503, "The server is being shut down; nothing was recorded.", "系统正在关闭，没有任何记录。"),
    code(
        "database",
        503,
        "The database could not do it; nothing was recorded. Send it again.",
        "数据库未能完成，请重新发送。",
    ),
    code("log", 503, "The evidence log could not be written.", "存证日志未能写入。"),
    code(
        "not-known-whether-recorded",
        503,
        "It is not known whether it was recorded: send it again under the same name.",
        "不确定是否已记录：请以同一名称重新发送。",
    ),
];

/// Codes that some operation may answer with whatever it is.
fn general(operation: &Operation, changes: bool) -> Vec<&'static str> {
    let mut codes = vec!["bad-parameter", "unknown-parameter", "bad-request", "not-signed-in"];
    if !matches!(operation.need, Need::Public) {
        codes.extend(["forbidden", "token-scope", "second-factor-first"]);
    }
    if matches!(operation.need, Need::Session) {
        codes.push("session-only");
    }
    if operation.path.contains('{') {
        codes.push("not-found");
    }
    if changes {
        codes.extend(["bad-json", "bad-body", "csrf", "cross-site", "too-large", "media-type", "database"]);
    }
    codes
}

/// The problems of an operation by status.
pub(super) fn of(operation: &Operation, changes: bool) -> BTreeMap<u16, Vec<&'static str>> {
    let mut by_status: BTreeMap<u16, Vec<&'static str>> = BTreeMap::new();
    for word in general(operation, changes).iter().chain(operation.problems) {
        let status = CODES.iter().find(|code| code.code == *word).map_or(400, |code| code.status);
        let codes = by_status.entry(status).or_default();
        if !codes.contains(word) {
            codes.push(word);
        }
    }
    by_status
}

#[cfg(test)]
mod tests {
    use super::CODES;

    #[test]
    fn codes_are_there_once_and_said_in_both_languages() {
        for (at, code) in CODES.iter().enumerate() {
            assert!(!CODES[..at].iter().any(|other| other.code == code.code), "{} is there twice", code.code);
            assert!(!code.en.is_empty() && !code.zh.is_empty() && (400..600).contains(&code.status), "{}", code.code);
        }
        assert!(CODES.is_sorted_by_key(|code| code.status), "by status");
    }

    #[test]
    fn the_table_of_the_manual_is_this_one() {
        let manual = include_str!("../../../../docs/API.md");
        for code in CODES {
            let row = manual.lines().find(|line| line.starts_with(&format!("| {} |", code.status)));
            assert!(
                row.is_some_and(|row| row.contains(&format!("`{}`", code.code))),
                "docs/API.md lacks `{}`",
                code.code
            );
        }
    }
}
