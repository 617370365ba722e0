package dev.outpost.device;

import java.util.List;

/**
 * One entry of the catalogue.
 *
 * @param name such as {@code raspberry-pi-5}
 * @param description one sentence
 * @param boards beginnings of board names it is made for; empty for a generic profile
 * @param architecture {@code arm64} or {@code x86-64}
 * @param yaml its settings, in the format of the configuration file, with the section {@code profile} that says the above
 */
public record BoardProfile(String name, String description, List<String> boards, String architecture, String yaml) {

    public BoardProfile {
        boards = List.copyOf(boards);
    }
}
