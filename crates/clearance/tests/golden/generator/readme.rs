//! What stands beside the golden releases for whoever runs a verifier on them.

use super::cases::Case;

const HEAD: &str = "\
# Golden releases · 标准样例

Small releases, good and bad, for whoever writes or checks a verifier. Each folder is one release; the bad ones are a
good one to which a single thing was done. All rows are made up. `expected.json` says for each which exit status a
verifier must give and which faults it must find (`unknown-key`: no fault, but the key is not pinned).

供编写或检查核验程序者使用的小型放行样例，有好有坏。每个目录是一次放行；坏的样例都是在好的样例上只做一处改动。所有数据均为虚构。
`expected.json` 写明每个样例应有的退出码和应发现的问题（`unknown-key`：没有问题，但签名密钥未经确认）。

```sh
tongguan verify golden/good-exempt --trust golden/trust
python3 docs/verify.py golden/good-exempt --trust golden/trust
```

The secret halves of the keys in `trust` are public (`crates/clearance/tests/golden/generator/folder.rs`): never pin
them elsewhere. What is random in a real release or changes with every version (release id, commitment, program, rule
base) has fixed values here; all else is as `clear` writes it. This folder is made by a program and compared with its
output by a test; after a change of the formats make it anew:

`trust` 中各密钥的私钥是公开的，切勿用于他处。真实放行中随机或随版本变化的内容（编号、承诺、程序、规则库）在此取固定值，其余均为
`clear` 所写。本目录由程序生成，并由测试与其输出比对；格式变动后请重新生成：

```sh
cargo run --locked -p tongguan-clearance --example golden
```

| release | what it is | 说明 | exit | faults |
|---|---|---|---|---|
";

pub(super) fn text(cases: &[Case]) -> String {
    let rows = cases.iter().map(|case| {
        format!("| `{}` | {} | {} | {} | {} |\n", case.name, case.en, case.zh, case.exit(), case.faults.join(", "))
    });
    format!("{HEAD}{}", rows.collect::<Vec<_>>().concat())
}
