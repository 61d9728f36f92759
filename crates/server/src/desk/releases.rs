//! What left: a release folder's receipt, held against the permit it stood on.

use ::cases::{Case, Report, Role};
use law::Text;
use serde::de::DeserializeOwned;

use crate::house::House;
use crate::problem::Problem;
use crate::who::Who;

/// The public files of a release folder.
pub(crate) struct ReceiptParts<'a> {
    pub(crate) receipt: &'a [u8],
    pub(crate) permit: &'a [u8],
    pub(crate) proof: &'a [u8],
    /// Persons under the permit so far, as the handler counts them.
    pub(crate) persons: Option<u64>,
}

/// The report of a release, from its files as they lie in its folder.
pub(crate) fn report(parts: &ReceiptParts<'_>) -> Result<Report, Problem> {
    let proof = std::str::from_utf8(parts.proof)
        .map_err(|_| Problem::bad("`receipt.proof` 不是文本", "`receipt.proof` is no text"))?;
    Ok(Report::Released {
        receipt: Box::new(json("receipt.json", parts.receipt)?),
        permit: Box::new(json("permit.json", parts.permit)?),
        proof: proof.to_owned(),
        persons: parts.persons,
    })
}

fn json<T: DeserializeOwned>(name: &str, bytes: &[u8]) -> Result<T, Problem> {
    serde_json::from_slice(bytes).map_err(|error| {
        let (line, column) = (error.line(), error.column());
        Problem::bad(
            format!("`{name}` 不是所要求的格式（第 {line} 行第 {column} 列）"),
            format!("`{name}` is not of its form (line {line}, column {column})"),
        )
    })
}

/// The signed note of the permit that is open; a recipient abroad has nothing to do with it.
pub(crate) fn permit_note(who: &Who, case: &Case) -> Result<String, Problem> {
    if who.role == Role::Recipient {
        return Err(Problem::forbidden());
    }
    let none = || Problem::not_found(Text::new("本案没有有效的许可", "the case has no permit that is open"));
    case.open_permit().map(|permit| permit.note.clone()).ok_or_else(none)
}

/// Whoever signed the permit that is open, as a line of the trust file of a gate: `office NAME+ID+KEY`. Nothing where the key is not held
/// here: of a case that was taken in from elsewhere the permit was signed there.
pub(crate) fn permit_key(house: &House, who: &Who, case: &Case) -> Result<String, Problem> {
    let note = permit_note(who, case)?;
    let issued = case.open_permit().map(|permit| permit.issued);
    let by = case.history.iter().find(|happened| Some(happened.version) == issued).map(|happened| &happened.by);
    let key = by.and_then(|by| (house.signers)(by)).map(|signer| signer.verifier());
    let holds = key.filter(|key| evidence::open_note(note.as_bytes(), std::slice::from_ref(key)).is_ok());
    let elsewhere = || {
        Problem::not_found(Text::new(
            "许可由其他系统签署，请向其主管部门索取公钥",
            "the permit was signed elsewhere: ask that office for its key",
        ))
    };
    Ok(format!("office {}\n", holds.ok_or_else(elsewhere)?))
}
