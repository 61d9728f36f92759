//! Papers: one page each, that says what it stands for.

use std::fmt::Write as _;

/// A page of PDF with these lines. Its letters are those of the reader's own Chinese font (Adobe-GB1), so that it stays small.
pub(super) fn page(lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT /F1 15 Tf 60 780 Td 26 TL ");
    for (no, line) in lines.iter().enumerate() {
        if no == 1 {
            content.push_str("/F1 11 Tf ");
        }
        content.push('<');
        for unit in line.encode_utf16() {
            // Writing to a string cannot fail.
            let _ = write!(content, "{unit:04X}");
        }
        content.push_str("> Tj T* ");
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>".to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type0 /BaseFont /STSong-Light /Encoding /UniGB-UCS2-H /DescendantFonts [6 0 R] >>".to_owned(),
        "<< /Type /Font /Subtype /CIDFontType0 /BaseFont /STSong-Light /CIDSystemInfo << /Registry (Adobe) /Ordering (GB1) /Supplement 4 >> \
         /FontDescriptor 7 0 R /DW 1000 /W [1 [500] 2 94 500] >>".to_owned(),
        "<< /Type /FontDescriptor /FontName /STSong-Light /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 \
         /Descent -120 /CapHeight 880 /StemV 93 >>".to_owned(),
    ];
    let mut pdf = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (no, object) in objects.iter().enumerate() {
        places.push(pdf.len());
        let _ = write!(pdf, "{} 0 obj\n{object}\nendobj\n", no + 1);
    }
    let table = pdf.len();
    let _ = write!(pdf, "xref\n0 {}\n0000000000 65535 f \n", places.len() + 1);
    for place in &places {
        let _ = writeln!(pdf, "{place:010} 00000 n ");
    }
    let _ = write!(pdf, "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n", places.len() + 1);
    pdf.into_bytes()
}

#[cfg(test)]
mod tests {
    #[test]
    fn every_object_of_a_page_stands_where_its_table_says() {
        let pdf = String::from_utf8(super::page(&["申报书".to_owned(), "made up".to_owned()])).unwrap();
        let (_, table) = pdf.rsplit_once("startxref\n").unwrap();
        let table: usize = table.lines().next().unwrap().parse().unwrap();
        let rows: Vec<&str> = pdf[table..].lines().skip(3).take(7).collect();
        for (no, row) in rows.iter().enumerate() {
            let place: usize = row[..10].parse().unwrap();
            assert!(pdf[place..].starts_with(&format!("{} 0 obj", no + 1)), "{row}");
        }
        assert!(pdf.contains("<7533 62A5 4E66>".replace(' ', "").as_str()), "the words stand there");
    }
}
