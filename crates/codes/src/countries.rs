//! ISO 3166-1 country codes and ISO 4217 currency codes.

use std::sync::OnceLock;

/// alpha-2 and alpha-3, five characters a country, in order of alpha-2 (ISO 3166-1).
const COUNTRIES: &str = "ADAND AEARE AFAFG AGATG AIAIA ALALB AMARM AOAGO AQATA ARARG ASASM ATAUT AUAUS AWABW AXALA AZAZE BABIH BBBRB BDBGD BEBEL BFBFA BGBGR BHBHR BIBDI BJBEN BLBLM BMBMU BNBRN BOBOL BQBES BRBRA BSBHS BTBTN BVBVT BWBWA BYBLR BZBLZ CACAN CCCCK CDCOD CFCAF CGCOG CHCHE CICIV CKCOK CLCHL CMCMR CNCHN COCOL CRCRI CUCUB CVCPV CWCUW CXCXR CYCYP CZCZE DEDEU DJDJI DKDNK DMDMA DODOM DZDZA ECECU EEEST EGEGY EHESH ERERI ESESP ETETH FIFIN FJFJI FKFLK FMFSM FOFRO FRFRA GAGAB GBGBR GDGRD GEGEO GFGUF GGGGY GHGHA GIGIB GLGRL GMGMB GNGIN GPGLP GQGNQ GRGRC GSSGS GTGTM GUGUM GWGNB GYGUY HKHKG HMHMD HNHND HRHRV HTHTI HUHUN IDIDN IEIRL ILISR IMIMN ININD IOIOT IQIRQ IRIRN ISISL ITITA JEJEY JMJAM JOJOR JPJPN KEKEN KGKGZ KHKHM KIKIR KMCOM KNKNA KPPRK KRKOR KWKWT KYCYM KZKAZ LALAO LBLBN LCLCA LILIE LKLKA LRLBR LSLSO LTLTU LULUX LVLVA LYLBY MAMAR MCMCO MDMDA MEMNE MFMAF MGMDG MHMHL MKMKD MLMLI MMMMR MNMNG MOMAC MPMNP MQMTQ MRMRT MSMSR MTMLT MUMUS MVMDV MWMWI MXMEX MYMYS MZMOZ NANAM NCNCL NENER NFNFK NGNGA NINIC NLNLD NONOR NPNPL NRNRU NUNIU NZNZL OMOMN PAPAN PEPER PFPYF PGPNG PHPHL PKPAK PLPOL PMSPM PNPCN PRPRI PSPSE PTPRT PWPLW PYPRY QAQAT REREU ROROU RSSRB RURUS RWRWA SASAU SBSLB SCSYC SDSDN SESWE SGSGP SHSHN SISVN SJSJM SKSVK SLSLE SMSMR SNSEN SOSOM SRSUR SSSSD STSTP SVSLV SXSXM SYSYR SZSWZ TCTCA TDTCD TFATF TGTGO THTHA TJTJK TKTKL TLTLS TMTKM TNTUN TOTON TRTUR TTTTO TVTUV TWTWN TZTZA UAUKR UGUGA UMUMI USUSA UYURY UZUZB VAVAT VCVCT VEVEN VGVGB VIVIR VNVNM VUVUT WFWLF WSWSM YEYEM YTMYT ZAZAF ZMZMB ZWZWE";

/// Currencies that occur in trade with China and in payment messages (ISO 4217); XXX-type codes are left out.
const CURRENCIES: &str = "AED ARS AUD BDT BGN BHD BND BRL BYN CAD CHF CLP CNH CNY COP CZK DKK DZD EGP EUR GBP GEL HKD HRK HUF IDR ILS INR IQD IRR ISK JOD JPY KES KGS KHR KRW KWD KZT LAK LKR MAD MMK MNT MOP MXN MYR NGN NOK NPR NZD OMR PEN PHP PKR PLN QAR RMB RON RSD RUB SAR SEK SGD THB TJS TND TRY TWD UAH USD UYU UZS VES VND ZAR";

/// One bit per code of three letters, and per code of two (first letter 0), for countries and currencies.
struct Table {
    countries: Vec<u64>,
    currencies: Vec<u64>,
}

fn table() -> &'static Table {
    static TABLE: OnceLock<Table> = OnceLock::new();
    TABLE.get_or_init(|| {
        let bits = |codes: &mut dyn Iterator<Item = &'static [u8]>| {
            let mut bits = vec![0u64; 27 * 27 * 27 / 64 + 1];
            for at in codes.filter_map(place) {
                bits[at / 64] |= 1 << (at % 64);
            }
            bits
        };
        let both = COUNTRIES.split(' ').map(str::as_bytes).flat_map(|c| [&c[..2], &c[2..]]);
        Table { countries: bits(&mut { both }), currencies: bits(&mut CURRENCIES.split(' ').map(str::as_bytes)) }
    })
}

#[inline]
fn place(code: &[u8]) -> Option<usize> {
    let fits = (2..=3).contains(&code.len()) && code.iter().all(u8::is_ascii_uppercase);
    fits.then(|| code.iter().fold(0, |n, b| n * 27 + usize::from(b - b'A') + 1))
}

#[inline]
fn holds(bits: &[u64], code: &[u8]) -> bool {
    place(code).is_some_and(|at| bits[at / 64] & (1 << (at % 64)) != 0)
}

/// Whether two or three upper-case letters are a country code (ISO 3166-1 alpha-2 or alpha-3).
#[inline]
pub fn is_country(code: &[u8]) -> bool {
    holds(&table().countries, code)
}

/// Whether three upper-case letters are a currency code (ISO 4217).
#[inline]
pub fn is_currency(code: &[u8]) -> bool {
    holds(&table().currencies, code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes() {
        assert_eq!(COUNTRIES.split(' ').count(), 249);
        assert!(COUNTRIES.split(' ').all(|c| c.len() == 5) && CURRENCIES.split(' ').all(|c| c.len() == 3));
        for (code, country, currency) in [
            ("CN", true, false),
            ("CHN", true, false),
            ("DEU", true, false),
            ("CNY", false, true),
            ("XX", false, false),
            ("cn", false, false),
        ] {
            assert_eq!((is_country(code.as_bytes()), is_currency(code.as_bytes())), (country, currency), "{code}");
        }
    }
}
