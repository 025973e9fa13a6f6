//! Writes packets as Wireshark and tcpdump read them: a pcap file with times in nanoseconds.

use crate::packet::Captured;

/// The file.
pub fn file<'a>(packets: impl Iterator<Item = &'a Captured>) -> Vec<u8> {
    const NANOSECONDS: u32 = 0xa1b2_3c4d;
    const LONGEST: u32 = 262_144;
    const RAW_IP: u32 = 101; // each packet begins with its IP header, version 4 or 6
    let mut file = NANOSECONDS.to_le_bytes().to_vec();
    file.extend([2, 0, 4, 0]); // version 2.4
    file.extend([0; 8]); // the time zone, and how exact the times are: always 0
    file.extend(LONGEST.to_le_bytes());
    file.extend(RAW_IP.to_le_bytes());
    for packet in packets {
        let (seconds, rest) = (packet.at / 1_000_000_000, packet.at % 1_000_000_000);
        let fields = [seconds as u32, rest as u32, packet.bytes.len() as u32, packet.length as u32];
        file.extend(fields.iter().flat_map(|field| field.to_le_bytes()));
        file.extend(&packet.bytes);
    }
    file
}
