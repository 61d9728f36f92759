//! A made-up paper: a PDF of one page that says what it stands for.

use std::fmt::Write as _;

/// A PDF (1.4) of one A4 page with one line, `TITLE (example N)`; what is not ASCII in the title stands there as `?`. The same title
/// and seed give the same bytes.
pub fn example_paper(title: &str, seed: u64) -> Vec<u8> {
    // A parenthesis or a backslash would end or bend a PDF's text.
    let plain = |c: char| if c.is_ascii_graphic() && !"()\\".contains(c) || c == ' ' { c } else { '?' };
    let title: String = title.chars().map(plain).collect();
    let page = format!("BT /F1 18 Tf 72 770 Td ({title} \\(example {seed}\\)) Tj ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Resources << /Font << /F1 5 0 R >> >> /Contents 4 0 R >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{page}\nendstream", page.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut paper = String::from("%PDF-1.4\n");
    let mut places = String::new();
    for (object, number) in objects.iter().zip(1..) {
        // Writing to a string cannot fail.
        let _ = writeln!(places, "{:010} 00000 n ", paper.len());
        let _ = write!(paper, "{number} 0 obj\n{object}\nendobj\n");
    }
    let (start, size) = (paper.len(), objects.len() + 1);
    let _ = write!(
        paper,
        "xref\n0 {size}\n0000000000 65535 f \n{places}trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF\n"
    );
    paper.into_bytes()
}

#[cfg(test)]
mod tests {
    use super::example_paper;

    #[test]
    fn every_object_stands_where_the_table_says() {
        let paper = String::from_utf8(example_paper("ha(ndler)\\ 合同", 7)).expect("ASCII");
        assert!(paper.contains("(ha?ndler?? ?? \\(example 7\\)) Tj"), "{paper}");
        let (_, table) = paper.split_once("xref\n0 6\n").expect("a table");
        for (line, number) in table.lines().skip(1).take(5).zip(1..) {
            let at: usize = line[..10].parse().expect("a place");
            assert!(paper[at..].starts_with(&format!("{number} 0 obj\n")), "object {number}");
        }
        let start: usize = paper.lines().rev().nth(1).and_then(|line| line.parse().ok()).expect("where the table is");
        assert!(paper[start..].starts_with("xref\n"));
        assert_ne!(example_paper("a", 1), example_paper("a", 2));
    }
}
