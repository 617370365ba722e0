package dev.outpost.runtime;

import dev.outpost.runtime.cli.Setup;
import dev.outpost.runtime.http.ApiServer;
import dev.outpost.runtime.update.GoldenSchedule;
import dev.outpost.runtime.update.ModelSwap;
import dev.outpost.runtime.update.ServingDesk;
import dev.outpost.runtime.update.UpdateRoom;

/**
 * The parts of a serving process that a fleet talks to.
 *
 * @param setup settings and device
 * @param server the HTTP listener
 * @param swap the models in memory
 * @param room updates
 * @param golden the golden questions' schedule
 * @param desk answers the control socket; takes status sections
 * @param restart ends the process in order, so that it is started afresh
 */
record ServingProcess(Setup setup, ApiServer server, ModelSwap swap, UpdateRoom room, GoldenSchedule golden,
        ServingDesk desk, Runnable restart) {}
