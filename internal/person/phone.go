package person

import "strings"

// callingCodes are the calling codes of E.164 with what stands before a number inside the country and is left out abroad.
// A code that is not here has none.
var trunks = map[string]string{ //nolint:gochecknoglobals // data
	"7": "8", "20": "0", "27": "0", "31": "0", "32": "0", "33": "0", "36": "06", "40": "0", "41": "0", "43": "0", "44": "0", "46": "0", "49": "0",
	"51": "0", "53": "0", "54": "0", "55": "0", "57": "0", "58": "0", "60": "0", "61": "0", "62": "0", "63": "0", "64": "0", "66": "0", "81": "0",
	"82": "0", "84": "0", "86": "0", "90": "0", "91": "0", "92": "0", "93": "0", "94": "0", "95": "0", "98": "0", "212": "0", "213": "0", "218": "0",
	"233": "0", "234": "0", "249": "0", "251": "0", "254": "0", "255": "0", "256": "0", "353": "0", "355": "0", "358": "0", "359": "0", "370": "0",
	"373": "0", "374": "0", "375": "8", "380": "0", "381": "0", "382": "0", "383": "0", "385": "0", "386": "0", "387": "0", "389": "0", "421": "0",
	"591": "0", "593": "0", "595": "0", "598": "0", "880": "0", "886": "0", "961": "0", "962": "0", "963": "0", "964": "0", "966": "0", "967": "0",
	"971": "0", "972": "0", "976": "0", "977": "0", "992": "8", "993": "8", "994": "0", "995": "0", "996": "0", "998": "8", "1": "1",
}

// codes are all calling codes in use.
const codes = ` 1 7 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 81 82 84 86 90 91 92 93
 94 95 98 211 212 213 216 218 220 221 222 223 224 225 226 227 228 229 230 231 232 233 234 235 236 237 238 239 240 241 242 243 244 245 246 247 248
 249 250 251 252 253 254 255 256 257 258 260 261 262 263 264 265 266 267 268 269 290 291 297 298 299 350 351 352 353 354 355 356 357 358 359 370
 371 372 373 374 375 376 377 378 380 381 382 383 385 386 387 389 420 421 423 500 501 502 503 504 505 506 507 508 509 590 591 592 593 594 595 596
 597 598 599 670 672 673 674 675 676 677 678 679 680 681 682 683 685 686 687 688 689 690 691 692 800 808 850 852 853 855 856 870 878 880 881 882
 883 886 888 960 961 962 963 964 965 966 967 968 970 971 972 973 974 975 976 977 979 992 993 994 995 996 998 `

var codeSet = func() map[string]bool { //nolint:gochecknoglobals // data
	set := map[string]bool{}
	for c := range strings.FieldsSeq(codes) {
		set[c] = true
	}
	return set
}()

// zoneCodes are the calling codes of the places time zones are named after. American zones are 1 where nothing else is said.
const zoneCodes = `Europe/Berlin 49 Europe/Busingen 49 Europe/Vienna 43 Europe/Zurich 41 Europe/Vaduz 423 Europe/London 44 Europe/Belfast 44
 Europe/Jersey 44 Europe/Guernsey 44 Europe/Isle_of_Man 44 Europe/Dublin 353 Europe/Paris 33 Europe/Monaco 377 Europe/Madrid 34 Atlantic/Canary 34
 Africa/Ceuta 34 Europe/Andorra 376 Europe/Gibraltar 350 Europe/Lisbon 351 Atlantic/Azores 351 Atlantic/Madeira 351 Europe/Rome 39 Europe/San_Marino 378
 Europe/Vatican 39 Europe/Malta 356 Europe/Brussels 32 Europe/Amsterdam 31 Europe/Luxembourg 352 Europe/Copenhagen 45 Atlantic/Faroe 298 Europe/Oslo 47
 Arctic/Longyearbyen 47 Europe/Stockholm 46 Europe/Helsinki 358 Europe/Mariehamn 358 Atlantic/Reykjavik 354 Europe/Tallinn 372 Europe/Riga 371
 Europe/Vilnius 370 Europe/Warsaw 48 Europe/Prague 420 Europe/Bratislava 421 Europe/Budapest 36 Europe/Ljubljana 386 Europe/Zagreb 385 Europe/Sarajevo 387
 Europe/Belgrade 381 Europe/Podgorica 382 Europe/Skopje 389 Europe/Tirane 355 Europe/Athens 30 Europe/Sofia 359 Europe/Bucharest 40 Europe/Chisinau 373
 Europe/Kyiv 380 Europe/Kiev 380 Europe/Minsk 375 Europe/Moscow 7 Europe/Istanbul 90 Asia/Nicosia 357 Asia/Jerusalem 972 Asia/Beirut 961 Asia/Damascus 963
 Asia/Amman 962 Asia/Baghdad 964 Asia/Riyadh 966 Asia/Kuwait 965 Asia/Bahrain 973 Asia/Qatar 974 Asia/Dubai 971 Asia/Muscat 968 Asia/Tehran 98
 Asia/Baku 994 Asia/Tbilisi 995 Asia/Yerevan 374 Asia/Almaty 7 Asia/Tashkent 998 Asia/Kabul 93 Asia/Karachi 92 Asia/Kolkata 91 Asia/Calcutta 91
 Asia/Colombo 94 Asia/Kathmandu 977 Asia/Dhaka 880 Asia/Yangon 95 Asia/Bangkok 66 Asia/Ho_Chi_Minh 84 Asia/Saigon 84 Asia/Phnom_Penh 855 Asia/Vientiane 856
 Asia/Kuala_Lumpur 60 Asia/Singapore 65 Asia/Jakarta 62 Asia/Manila 63 Asia/Hong_Kong 852 Asia/Macau 853 Asia/Taipei 886 Asia/Shanghai 86 Asia/Urumqi 86
 Asia/Tokyo 81 Asia/Seoul 82 Asia/Ulaanbaatar 976 Pacific/Auckland 64 Pacific/Fiji 679 Africa/Cairo 20 Africa/Johannesburg 27 Africa/Lagos 234
 Africa/Nairobi 254 Africa/Accra 233 Africa/Casablanca 212 Africa/Algiers 213 Africa/Tunis 216 Africa/Addis_Ababa 251 Africa/Kampala 256
 Africa/Dar_es_Salaam 255 Africa/Dakar 221 Africa/Abidjan 225 America/Mexico_City 52 America/Tijuana 52 America/Monterrey 52 America/Cancun 52
 America/Guatemala 502 America/El_Salvador 503 America/Tegucigalpa 504 America/Managua 505 America/Costa_Rica 506 America/Panama 507 America/Havana 53
 America/Bogota 57 America/Caracas 58 America/Guayaquil 593 America/Lima 51 America/La_Paz 591 America/Asuncion 595 America/Montevideo 598
 America/Santiago 56 America/Buenos_Aires 54 America/Sao_Paulo 55 America/Fortaleza 55 America/Manaus 55 America/Recife 55 America/Bahia 55
 America/New_York 1 America/Detroit 1 America/Chicago 1 America/Denver 1 America/Phoenix 1 America/Los_Angeles 1 America/Anchorage 1 Pacific/Honolulu 1
 America/Toronto 1 America/Vancouver 1 America/Winnipeg 1 America/Edmonton 1 America/Halifax 1 America/St_Johns 1 America/Regina 1
 America/Puerto_Rico 1 America/Jamaica 1`

// CallingCode is the calling code where a zone is, or empty when it is not known.
func CallingCode(zone string) string {
	if strings.HasPrefix(zone, "Australia/") {
		return "61"
	}
	if strings.HasPrefix(zone, "America/Argentina/") {
		return "54"
	}
	fields := strings.Fields(zoneCodes)
	for i := 0; i+1 < len(fields); i += 2 {
		if fields[i] == zone {
			return fields[i+1]
		}
	}
	return ""
}

// E164 is a phone number as it is dialled from everywhere ("+4917112345678"), so that one number written in two ways is
// the same. A number without a calling code gets code, if one is given, and loses the digit that only calls from inside
// the country have. What cannot be brought into that form (a short number, an extension, a number without a country)
// comes back as its digits; what is no number at all is empty.
func E164(written, code string) string {
	number, plus := dialled(written)
	if number == "" {
		return ""
	}
	switch {
	case plus:
	case strings.HasPrefix(number, "00"):
		number = number[2:]
	case code == "1" && strings.HasPrefix(number, "011"):
		number = number[3:]
	case code == "" || len(number) < 6: // a short number is dialled inside the country only
		return number
	default:
		number = code + strings.TrimPrefix(number, trunks[code])
	}
	country := countryOf(number)
	if country == "" {
		return number
	}
	rest := number[len(country):]
	// "+49 (0)171 ...": written for both, and dialled from nowhere.
	if trunk := trunks[country]; trunk == "0" {
		rest = strings.TrimLeft(rest, trunk) // however often: none of these countries' numbers begins with it
	}
	if len(country)+len(rest) > 15 || len(rest) < 4 {
		return number
	}
	return "+" + country + rest
}

// dialled are the digits of a written number, and whether a plus stands before them. An extension is left out.
func dialled(written string) (number string, plus bool) {
	var b strings.Builder
	for i, r := range written {
		switch {
		case r >= '0' && r <= '9':
			b.WriteRune(r)
		case r >= '\uff10' && r <= '\uff19': // full width
			b.WriteRune(r - '\uff10' + '0')
		case r >= '\u0660' && r <= '\u0669': // Arabic-Indic
			b.WriteRune(r - '\u0660' + '0')
		case r >= '\u06f0' && r <= '\u06f9':
			b.WriteRune(r - '\u06f0' + '0')
		case (r == '+' || r == '\uff0b') && b.Len() == 0:
			plus = true
		case strings.ContainsRune(";,#*xX", r) && b.Len() >= 5:
			return b.String(), plus
		case (r == 'e' || r == 'E') && b.Len() >= 5 && strings.HasPrefix(strings.ToLower(written[i:]), "ext"):
			return b.String(), plus
		}
		if b.Len() > 40 {
			return "", false
		}
	}
	return b.String(), plus
}

// countryOf is the calling code a number begins with. No code is the beginning of another.
func countryOf(number string) string {
	for n := 1; n <= 3 && n < len(number); n++ {
		if codeSet[number[:n]] {
			return number[:n]
		}
	}
	return ""
}
